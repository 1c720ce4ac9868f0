// The image of deploy/Containerfile, put together as its last stage says and run as a container would be: a root
// that cannot be written, nobody as the user, no capabilities, and nothing of this machine but its network. Only
// the compiler's stage is not run: the binary is the one under test.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { Api, pothole, sha256 } from "../harness/api.mjs";
import { binary, must, output, root } from "../harness/built.mjs";
import { plainJpeg } from "../harness/jpeg.mjs";
import { describeUnless } from "../harness/journey.mjs";
import { Part, freePort } from "../harness/part.mjs";

const run = promisify(execFile);

/** Why nothing can be run here without a root of this machine's. */
function missing() {
  try {
    execFileSync("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"], { stdio: "ignore" });
  } catch {
    return "bubblewrap is not here, or may not make namespaces: apt-get install -y bubblewrap (Debian)";
  }
}

/** The instructions of the last stage, in their order; a line that ends in a backslash goes on. */
async function lastStage() {
  const text = await readFile(join(root, "deploy/Containerfile"), "utf8");
  const lines = text.replaceAll(/^#.*\n/gm, "").replaceAll(/\\\n/g, " ").split("\n").filter(Boolean);
  const from = lines.findLastIndex((line) => line.startsWith("FROM "));
  assert.equal(lines[from], "FROM scratch");
  return lines.slice(from + 1).map((line) => {
    const [, name, rest] = /^(\S+)\s+(.*)$/.exec(line);
    return { name, rest };
  });
}

describeUnless(missing(), "the image", () => {
  let folder;
  let sandbox;
  let edge;
  let stage;
  /** What the stage says once. */
  const said = (name) => {
    const all = stage.filter((it) => it.name === name).map(({ rest }) => rest);
    assert.equal(all.length, 1, name);
    return all[0];
  };
  const list = (name) => JSON.parse(said(name));

  before(async () => {
    stage = await lastStage();
    await mkdir(output, { recursive: true });
    folder = await mkdtemp(join(output, "image-"));
    await run("sh", ["deploy/image.sh", must(binary, "cargo build --package balagh"), join(folder, "build/image")], { cwd: root });
    const image = join(folder, "root");
    for (const { rest } of stage.filter(({ name }) => name === "COPY")) {
      const [to, from, ...flags] = rest.split(/\s+/).reverse();
      const source = flags.includes("--from=build") ? join(folder, "build", from) : join(root, from);
      await cp(must(source, `the Containerfile copies ${from}`), join(image, to), { recursive: true });
    }
    const port = await freePort();
    const environment = Object.fromEntries(
      ["SESSION", "NUMBER", "WEBHOOK", "SEAL", "SENDER", "RELAY", "CLOSING", "CONTACT"].map((purpose) => [
        `BALAGH_${purpose}_KEYS`, `journeys:${randomBytes(32).toString("base64url")}`,
      ]),
    );
    const [variable, value] = said("ENV").split("=");
    environment[variable] = value;
    await writeFile(join(image, "etc/balagh/edge.toml"), `
listen = "127.0.0.1:${port}"
public_url = "http://127.0.0.1:${port}"
data = "/data"
widget = "/usr/share/balagh/widget"
municipalities = "/usr/share/balagh/municipalities"
[origin]
url = "http://127.0.0.1:9"
`);
    const volume = join(folder, "volume");
    await mkdir(volume);
    await chmod(volume, 0o700);
    const [uid, gid] = said("USER").split(":");
    const given = Object.entries(environment).flatMap((pair) => ["--setenv", ...pair]);
    sandbox = [
      "bwrap", "--unshare-all", "--share-net", "--die-with-parent", "--cap-drop", "ALL",
      "--uid", uid, "--gid", gid, "--clearenv", ...given,
      "--ro-bind", image, "/", "--bind", volume, list("VOLUME")[0],
    ];
    const command = [...sandbox, ...list("ENTRYPOINT"), ...list("CMD")];
    edge = new Part({ name: "image", port, command, environment: {}, log: join(folder, "image.log") });
    await edge.start();
  });
  after(async () => {
    await edge?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  test("a report with a photo is taken by a root that cannot be written, and lies in the volume alone", async () => {
    const api = new Api({ municipality: "eastern-province", url: edge.url }, { origin: edge.url });
    const photo = plainJpeg({ width: 640, height: 480 });
    const session = await api.session();
    assert.equal((await api.photo(photo, { session })).status, 201);
    const filed = await api.file(pothole({ photos: [sha256(photo)] }), { session });
    assert.equal(filed.status, 201, filed.text);
    const widget = await fetch(`${edge.url}/balagh.js`);
    assert.equal(widget.status, 200);
    assert.ok((await readdir(join(folder, "volume"))).includes("edge.sqlite"));
    const ready = await fetch(`${edge.url}/readyz`);
    assert.equal(ready.status, 200);
  });

  test("nobody is in it but the user that it names, who may do nothing special", async () => {
    assert.doesNotMatch(said("USER"), /^(0|root)\b/);
    const inside = await readdir(join(folder, "root"), { recursive: true });
    const programs = inside.filter((path) => /(^|\/)s?bin\/[^/]+$/.test(path) && !path.endsWith("/bin"));
    assert.deepEqual(programs, ["usr/local/bin/balagh"]);
  });

  test("its health is what it says while it lives, and a failure once it does not", async () => {
    const [, command] = /CMD (\[.*\])$/.exec(said("HEALTHCHECK"));
    const [program, ...rest] = [...sandbox, ...JSON.parse(command)];
    const { stdout } = await run(program, rest);
    assert.equal(stdout, "ok\n");
    await edge.stop();
    const dead = await run(program, rest).then(() => undefined, (error) => error);
    assert.deepEqual([dead?.code, /does not answer/.test(dead?.stderr)], [1, true], dead?.stderr);
    await edge.start();
  });
});
