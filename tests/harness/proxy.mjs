// The citizen's bad line: a TCP proxy before the edge that breaks where it is told to.
//
// It understands just enough of HTTP/1.1 to find where requests begin and end on a connection, so
// that a fault can be aimed at one kind of request. Everything it lets pass, passes byte by byte.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * What can go wrong.
 * @typedef {(
 *   | "before-sending"  // the connection dies before a byte of the request gets through
 *   | "mid-body"        // half of the request's body gets through, then the connection dies
 *   | "after-commit"    // the whole request gets through, its answer never comes back
 *   | "captive-portal"  // somebody else answers 200 with HTML
 * )} Mode
 */

/** The sign-in page of a hotel's network, which takes every request for a visit to itself. */
const CAPTIVE = "<!doctype html><title>Welcome</title><h1>Sign in to use this network</h1>";

/** A fault that hits only what files a report: the POST itself, not the preflight before it. */
export const reports = ({ method, path }) => method === "POST" && path.endsWith("/reports");
/** A fault that hits whatever comes. */
export const everything = () => true;

export class Proxy {
  #server;
  #sockets = new Set();
  #fault;
  #waiting = [];

  /** Starts it before `http://127.0.0.1:port`, on a port of its own. */
  static async before(port) {
    const proxy = new Proxy();
    proxy.target = port;
    proxy.#server = createServer({ allowHalfOpen: true }, (client) => proxy.#serve(client));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    proxy.port = proxy.#server.address().port;
    proxy.url = `http://127.0.0.1:${proxy.port}`;
    return proxy;
  }

  /**
   * From now on requests that `aim` picks meet `mode`.
   * @param {Mode} mode
   * @param {(request: {method: string, path: string}) => boolean} [aim]
   */
  break(mode, aim = reports) {
    this.#fault = { mode, aim };
    this.hits = 0;
  }

  /** From now on everything passes. */
  mend() {
    this.#fault = undefined;
  }

  /** Resolves when the fault has hit `times` requests. */
  hit(times = 1) {
    return new Promise((resolve) => {
      this.#waiting.push({ times, resolve });
      this.#tell();
    });
  }

  async close() {
    this.#sockets.forEach((socket) => socket.destroy());
    await new Promise((closed) => this.#server.close(closed));
  }

  #count() {
    this.hits += 1;
    this.#tell();
  }

  #tell() {
    const reached = ({ times }) => this.hits >= times;
    this.#waiting.filter(reached).forEach(({ resolve }) => resolve());
    this.#waiting = this.#waiting.filter((one) => !reached(one));
  }

  #serve(client) {
    this.#keep(client);
    const requests = new Requests();
    let edge;
    const ends = () => {
      client.destroy();
      edge?.destroy();
    };
    const upstream = () => {
      if (edge) return edge;
      edge = connect(this.target, "127.0.0.1");
      this.#keep(edge);
      // An edge may answer and hang up before the whole request has come: the answer still gets
      // through, and what the client goes on sending is for nobody.
      const hangUp = () => {
        hungUp = true;
        client.resume();
        client.end();
      };
      edge.on("end", hangUp);
      edge.on("error", () => (answering ? hangUp() : ends()));
      edge.on("drain", () => client.resume());
      edge.on("data", (bytes) => {
        answering = true;
        if (swallowing) {
          this.#count();
          ends();
        } else {
          client.write(bytes);
        }
      });
      return edge;
    };
    let swallowing = false;
    let answering = false;
    let hungUp = false;
    client.on("close", ends);
    client.on("end", () => client.end());
    client.on("data", (bytes) => {
      if (hungUp) return;
      for (const piece of requests.read(bytes)) {
        if (client.destroyed) return;
        if (piece.head) {
          const fault = this.#fault?.aim(piece) ? this.#fault.mode : undefined;
          if (fault === "before-sending") {
            this.#count();
            return ends();
          }
          if (fault === "captive-portal") {
            this.#count();
            client.end(captive(piece));
            return;
          }
          swallowing = fault === "after-commit";
          answering = false;
          if (fault === "mid-body") {
            // Half of the body and then the end, once that much has really been written.
            const half = Math.floor(piece.length / 2);
            requests.cutAfter(half, () => {
              this.#count();
              upstream().end(() => ends());
            });
          }
        }
        if (!upstream().write(piece.bytes)) client.pause();
        piece.then?.();
      }
    });
  }

  #keep(socket) {
    socket.setNoDelay(true);
    this.#sockets.add(socket);
    socket.on("error", () => {}); // its "close" follows, which is all that matters here
    socket.on("close", () => this.#sockets.delete(socket));
  }
}

/** The nasty kind of captive portal: its answer may even be read by the page. */
function captive({ headers }) {
  const origin = headers.get("origin");
  const cors = origin ? `Access-Control-Allow-Origin: ${origin}\r\n` : "";
  return (
    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n" +
    `${cors}Content-Length: ${Buffer.byteLength(CAPTIVE)}\r\n\r\n${CAPTIVE}`
  );
}

/** Cuts the bytes of a connection into heads and bodies of requests. */
class Requests {
  #rest = Buffer.alloc(0);
  #body = 0; // bytes of the current body still to come
  #cut; // {left, then}

  cutAfter(left, then) {
    this.#cut = { left, then };
  }

  *read(bytes) {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      if (this.#body > 0) {
        if (this.#rest.length === 0) return;
        let take = Math.min(this.#body, this.#rest.length);
        let then;
        if (this.#cut) {
          take = Math.min(take, this.#cut.left);
          this.#cut.left -= take;
          if (this.#cut.left === 0) ({ then } = this.#cut);
        }
        this.#body -= take;
        yield { bytes: this.#take(take), then };
        if (then) return;
        continue;
      }
      const end = this.#rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      const head = parse(this.#take(end + 4));
      this.#body = head.length;
      yield head;
    }
  }

  #take(length) {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}

function parse(bytes) {
  const [line, ...fields] = bytes.toString("latin1").trimEnd().split("\r\n");
  const [method, target] = line.split(" ");
  const headers = new Map(
    fields.map((field) => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    }),
  );
  if (headers.has("transfer-encoding")) throw new Error("this proxy reads no chunked requests");
  const length = Number(headers.get("content-length") ?? 0);
  return { head: true, bytes, method, path: target.split("?")[0], headers, length };
}
