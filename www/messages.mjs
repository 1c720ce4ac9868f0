// What citizens would get: an SMS gateway and a mail server that keep everything and send nothing,
// and a page that shows it. The demo's inbox, and the sink of the tests (tests/harness/sinks.mjs).
//
//   node www/messages.mjs --port 8791 --smtp-port 8792
//
// Prints `listening http://HOST:PORT/ smtp HOST:PORT` when it answers; port 0 takes any free port.
//   POST /sms            takes {to, text} as JSON, as the demo's [sms] section writes it
//   GET  /               shows the last messages, the newest first
//   GET  /messages.json  the same, for programs
import { once } from "node:events";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

import { SMTPServer } from "smtp-server";

/** Messages kept; the oldest go. */
const KEPT = 200;
/** Bytes of a request or letter; ours have a few hundred. */
const LONGEST = 64 * 1024;

export class Inbox {
  /** Everything that came, the oldest first: `{by: "sms" | "email", to, subject?, text, at, head?}`. */
  messages = [];
  #waiting = new Set();

  /**
   * @param {{host?: string, port?: number, smtpPort?: number, refuse?: (message: object) => number | undefined,
   *   smtp?: object}} [options] `refuse`: the status (HTTP's or SMTP's) that a message is refused with;
   *   `smtp`: further options of the mail server
   */
  static async open({ host = "127.0.0.1", port = 0, smtpPort = 0, refuse = () => undefined, smtp = {} } = {}) {
    const inbox = new Inbox();
    inbox.host = host;
    inbox.refuse = refuse;
    inbox.http = createServer((request, response) => inbox.#answer(request, response));
    inbox.http.listen(port, host);
    inbox.smtp = new SMTPServer({
      disabledCommands: ["AUTH", "STARTTLS"],
      disableReverseLookup: true,
      logger: false,
      size: LONGEST,
      onRcptTo: ({ address }, _session, done) => done(refusal(inbox.refuse({ by: "email", to: address }))),
      onData: (stream, session, done) => {
        read(stream).then((letter) => {
          const to = session.envelope.rcptTo.map(({ address }) => address).join(", ");
          inbox.#keep({ by: "email", to, ...opened(letter) });
          done();
        }, done);
      },
      ...smtp,
    });
    // A client that hangs up in the middle is its own trouble.
    inbox.smtp.on("error", () => {});
    inbox.smtp.listen(smtpPort, host);
    await Promise.all([once(inbox.http, "listening"), once(inbox.smtp.server, "listening")]);
    inbox.port = inbox.http.address().port;
    inbox.smtpPort = inbox.smtp.server.address().port;
    inbox.url = `http://${host}:${inbox.port}/`;
    return inbox;
  }

  /** The first message that `wanted` is true of, as soon as there is one. */
  async first(wanted) {
    for (;;) {
      const found = this.messages.find(wanted);
      if (found !== undefined) return found;
      await new Promise((resolve) => this.#waiting.add(resolve));
    }
  }

  async close() {
    this.http.close();
    this.http.closeAllConnections();
    await new Promise((closed) => this.smtp.close(closed));
  }

  #keep(message) {
    this.messages.push({ ...message, at: new Date().toISOString() });
    this.messages.splice(0, this.messages.length - KEPT);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async #answer(request, response) {
    const send = (status, type, body) => {
      response.writeHead(status, {
        "Content-Type": type,
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
      });
      response.end(body);
    };
    try {
      const path = new URL(request.url, "http://inbox.invalid").pathname;
      if (request.method === "POST" && path === "/sms") {
        const { to, text } = JSON.parse(await read(request));
        if (typeof to !== "string" || typeof text !== "string") return send(400, TEXT, "to and text\n");
        const status = this.refuse({ by: "sms", to, text });
        if (status !== undefined) return send(status, TEXT, "refused\n");
        this.#keep({ by: "sms", to, text, head: request.headers });
        return send(202, "application/json", "{}\n");
      }
      if (request.method !== "GET") return send(405, TEXT, "405\n");
      if (path === "/healthz") return send(200, TEXT, "ok\n");
      if (path === "/messages.json") return send(200, "application/json", JSON.stringify(this.messages));
      if (path === "/") return send(200, "text/html; charset=utf-8", page(this.messages));
      return send(404, TEXT, "404\n");
    } catch {
      return send(400, TEXT, "400\n");
    }
  }
}

const TEXT = "text/plain; charset=utf-8";

/** What the mail server answers for a status that a message is refused with. */
function refusal(status) {
  return status === undefined ? undefined : Object.assign(new Error("refused"), { responseCode: status });
}

async function read(stream) {
  let text = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    text += chunk;
    if (text.length > LONGEST) throw new Error("too long");
  }
  return text;
}

/** Subject and text of a letter in one part, which is all that ours ever are. */
function opened(letter) {
  const [head, ...rest] = letter.split("\r\n\r\n");
  const fields = head.replace(/\r\n[ \t]+/g, " ").split("\r\n");
  const field = (name) =>
    fields.find((line) => line.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim() ?? "";
  const body = rest.join("\r\n\r\n");
  const encoding = field("content-transfer-encoding").toLowerCase();
  const text =
    encoding === "base64"
      ? Buffer.from(body, "base64").toString("utf8")
      : encoding === "quoted-printable"
        ? quotedPrintable(body)
        : body;
  return { subject: words(field("subject")), text: text.replaceAll("\r\n", "\n").trimEnd(), head };
}

/** RFC 2047's words. */
function words(field) {
  return field
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how, word) =>
      how.toLowerCase() === "b"
        ? Buffer.from(word, "base64").toString("utf8")
        : quotedPrintable(word.replaceAll("_", " ")),
    );
}

function quotedPrintable(text) {
  const bytes = text.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

function page(messages) {
  const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const items = messages.toReversed().map(
    ({ by, to, subject, text, at }) =>
      `<li><p><strong>${by === "sms" ? "Text message" : "E-mail"}</strong> to <bdi>${escaped(to)}</bdi>, ` +
      `<time>${escaped(at.slice(11, 19))}</time></p>` +
      `${subject ? `<p dir="auto"><em>${escaped(subject)}</em></p>` : ""}` +
      `<p dir="auto" class="text">${escaped(text)}</p></li>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>Messages of the demo</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}
ul{list-style:none;padding:0}li{border:1px solid #767676;border-radius:.5rem;padding:.5rem 1rem;margin:1rem 0}
p{margin:.25rem 0}.text{white-space:pre-wrap;font-size:1.125rem}</style></head>
<body><h1>Messages of the demo</h1><p>What citizens would have been sent. Nothing leaves this machine.</p>
${items.length > 0 ? `<ul>${items.join("\n")}</ul>` : "<p>None yet. Ask for a code in the form.</p>"}
</body></html>
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "8791" },
      "smtp-port": { type: "string", default: "8792" },
    },
  });
  const ports = { port: Number(values.port), smtpPort: Number(values["smtp-port"]) };
  const inbox = await Inbox.open({ host: values.host, ...ports });
  console.log(`listening ${inbox.url} smtp ${inbox.host}:${inbox.smtpPort}`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => inbox.close());
}
