// The sinks that tests send to: a real mail server and an HTTP gateway that keep what they get
// (www/messages.mjs), and refuse whom a test asks them to refuse.
//
//   node tests/harness/sinks.mjs      for tests in Rust; prints where it listens, ends with its input
//
// A recipient chooses what becomes of its message: a number that ends in 00 and a status, such as
// …00503, and an address such as refuse-451@…, are refused with that status.
import { fileURLToPath } from "node:url";

import { Inbox } from "../../www/messages.mjs";
import { until, within } from "./wait.mjs";

const REFUSED = /(?:00|^refuse-)([45]\d\d)(?:$|@)/;

export class Sinks {
  /** @param {object} [options] as for `Inbox.open` */
  static async open(options) {
    const sinks = new Sinks();
    sinks.inbox = await Inbox.open({
      refuse: ({ to }) => {
        const status = sinks.broken ? "500" : REFUSED.exec(to)?.[1];
        if (status) sinks.refused.push(to);
        return status && Number(status);
      },
      ...options,
    });
    return sinks;
  }

  /** Whom a message was refused to, each time. */
  refused = [];
  /** Whether everything is refused. */
  broken = false;

  /** The gateway, for text messages and for e-mail, as an edge function with a ledger is told of it. */
  get gateway() {
    return JSON.stringify({
      url: `${this.inbox.url}sms`,
      headers: { "content-type": "application/json" },
      body: '{"to": "{to}", "text": "{text}"}',
    });
  }

  /** The lines of a configuration file that send here. */
  get config() {
    return [
      "[sms]",
      `url = "${this.inbox.url}sms"`,
      `headers = { content-type = "application/json" }`,
      `body = '{"to": "{to}", "text": "{text}"}'`,
      "[smtp]",
      `host = "${this.inbox.host}"`,
      `port = ${this.inbox.smtpPort}`,
      `from = "Eastern Province <reports@example.gov>"`,
      `tls = "none"`,
      "",
    ].join("\n");
  }

  /** The messages to one recipient, the oldest first. */
  to(recipient) {
    return this.inbox.messages.filter(({ to }) => to === recipient);
  }

  /** The messages to one recipient once there are `count`; all that came, if more did. */
  async count(recipient, count) {
    await until(`${count} messages came`, () => this.to(recipient).length >= count);
    return this.to(recipient);
  }

  /** The code in the `nth` message to a recipient, as soon as it is there. */
  async code(recipient, nth = 1) {
    let seen = 0;
    const counted = new Set();
    const arrived = this.inbox.first((message) => {
      if (message.to !== recipient || counted.has(message)) return false;
      counted.add(message);
      seen += 1;
      return seen === nth;
    });
    const { text } = await within(`message ${nth} to a recipient`, arrived);
    return /\d{6}/.exec(text)[0];
  }

  close() {
    return this.inbox.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sinks = await Sinks.open({ smtp: process.argv[2] === "--starttls" ? { disabledCommands: ["AUTH"] } : {} });
  console.log(JSON.stringify({ http: sinks.inbox.port, smtp: sinks.inbox.smtpPort }));
  // Whoever started it holds its input; when they are gone, so is it.
  process.stdin.resume();
  process.stdin.on("end", () => sinks.close());
}
