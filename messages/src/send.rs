//! Everything that sends.

use crate::config::{SetupError, SmsConfig, SmtpConfig};
use crate::email::Mailer;
use crate::sms::Client;
use crate::{Cause, Message, Recipient, SendError};

/// Everything that sends, as the operator set it up.
#[derive(Debug, Default)]
pub struct Messages {
    sms: Option<Client>,
    smtp: Option<Mailer>,
}

impl Messages {
    /// Sets up what the configuration asks for; `variable` reads the environment.
    ///
    /// # Errors
    /// [`SetupError`], with what is wrong and where.
    pub fn new(
        sms: Option<&SmsConfig>,
        smtp: Option<&SmtpConfig>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Messages, SetupError> {
        Ok(Messages {
            sms: sms
                .map(|config| Client::new(config, variable))
                .transpose()?,
            smtp: smtp
                .map(|config| Mailer::new(config, variable))
                .transpose()?,
        })
    }

    /// Whether text messages can be sent.
    #[must_use]
    pub fn has_sms(&self) -> bool {
        self.sms.is_some()
    }

    /// Whether e-mail can be sent.
    #[must_use]
    pub fn has_email(&self) -> bool {
        self.smtp.is_some()
    }

    /// Hands a message over. What comes back says that the gateway or server has it, not that it
    /// was read.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn send(&self, message: &Message) -> Result<(), SendError> {
        let missing = SendError::Permanent(Cause::NotSetUp);
        match &message.to {
            Recipient::Phone(_) => {
                let gateway = self.sms.as_ref().ok_or(missing)?;
                gateway.send(message).await
            }
            Recipient::Email(address) => {
                let mailer = self.smtp.as_ref().ok_or(missing)?;
                mailer.send(address, &message.subject, &message.text).await
            }
        }
    }
}
