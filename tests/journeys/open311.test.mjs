// A partner who speaks Open311: posts at the edge, reads at the origin, by the published schemas and
// with somebody else's client.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import Ajv from "ajv";

import { WEST_DAMMAM, freshKey } from "../harness/api.mjs";
import { binary, output, root } from "../harness/built.mjs";
import { call } from "../harness/http.mjs";
import { onBothEdges, onOneEdge } from "../harness/journey.mjs";
import { checks } from "../harness/oracle.mjs";
import { PARTNER_KEY } from "../harness/stack.mjs";

const run = promisify(execFile);

/** A pothole as an Open311 client posts it. */
const POTHOLE = {
  api_key: PARTNER_KEY,
  jurisdiction_id: "eastern-province",
  service_code: "roads.pothole",
  lat: WEST_DAMMAM.lat,
  long: WEST_DAMMAM.lon,
  description: "حفرة عميقة أمام المدرسة",
  address_string: "أمام المدرسة",
  media_url: "https://photos.example/hole.jpg",
  phone: "0551234567",
};

/** Posts a form to the edge. */
const post = (stack, changes = {}, { format = "json", key } = {}) =>
  call(`${stack.url}/open311/v2/requests.${format}`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      "accept-language": "ar",
      "idempotency-key": key,
    },
    body: new URLSearchParams({ ...POTHOLE, ...changes }).toString(),
  });

/** Reads the origin. */
const read = (stack, path) =>
  call(`${stack.origin.url}/open311/v2/${path}${path.includes("?") ? "&" : "?"}jurisdiction_id=eastern-province`);

onBothEdges("open311", (at) => {
  test("a posted form is numbered at once and is in the origin with all that came with it", async () => {
    const { status, headers, json } = await post(at.stack, {}, { key: freshKey() });
    assert.equal(status, 201, JSON.stringify(json));
    assert.equal(headers["content-type"], "application/json; charset=utf-8");
    const [{ service_request_id: number, service_notice: notice, account_id: account }] = json;
    assert.ok(checks(number), number);
    assert.match(notice, /^استلمنا البلاغ.* 20\d\d-\d\d-\d\d \d\d:\d\d$/);
    assert.equal(account, null);
    const row = await at.stack.arrived(number);
    assert.deepEqual(
      [row.category, row.channel, row.media_url, row.landmark, row.description],
      ["roads.pothole", "open311", POTHOLE.media_url, POTHOLE.address_string, POTHOLE.description],
    );
    const shown = await read(at.stack, `requests/${number}.json`);
    assert.equal(shown.status, 200);
    assert.equal(shown.json[0].status, "open");
    assert.ok(!shown.text.includes("0551234567") && !shown.text.includes("المدرسة"), shown.text);
  });

  test("the same form is the same request, and XML is answered in XML", async () => {
    const key = freshKey();
    const first = await post(at.stack, {}, { format: "xml", key });
    const again = await post(at.stack, {}, { format: "xml", key });
    assert.deepEqual([first.status, again.status], [201, 200]);
    assert.equal(first.headers["content-type"], "text/xml; charset=utf-8");
    assert.equal(first.text, again.text);
    const [, number] = first.text.match(/<service_request_id>([^<]+)<\/service_request_id>/);
    assert.ok(checks(number), number);
  });

  test("refusals are in Open311's form, at whichever edge", async () => {
    for (const [changes, expected, says] of [
      [{ api_key: "guessed" }, 403, "api_key"],
      [{ jurisdiction_id: "" }, 400, "jurisdiction_id"],
      [{ service_code: "flying.saucer" }, 404, "service_code"],
      [{ description: "" }, 400, "text.missing"],
    ]) {
      const json = await post(at.stack, changes);
      assert.deepEqual([json.status, json.json?.[0].code], [expected, expected], json.text);
      assert.ok(json.json[0].description.includes(says), json.text);
      const xml = await post(at.stack, changes, { format: "xml" });
      assert.equal(xml.status, expected);
      assert.ok(xml.text.includes(`<errors><error><code>${expected}</code><description>`), xml.text);
    }
  });

  // A native edge has no upstream.
  if (at.edge === "native") return;
  test("while the edge's upstream is away the client is asked to come again, in Open311's form", async () => {
    await at.stack.edge.stop("SIGKILL");
    const { status, headers, json } = await post(at.stack, {}, { key: freshKey() });
    assert.deepEqual([status, json?.[0].code], [503, 503]);
    assert.ok(headers["retry-after"]);
    await at.stack.edge.start();
  });
});

onOneEdge("open311 reading", (at) => {
  /** A service that asks something. */
  const asking = () => {
    const categories = at.stack.document.groups.flatMap((group) => group.categories);
    return categories.find(({ questions }) => questions?.length).code;
  };

  /** A request that is in the origin. */
  const posted = async (changes) => {
    const { json } = await post(at.stack, changes, { key: freshKey() });
    const number = json[0].service_request_id;
    await at.stack.arrived(number);
    return number;
  };

  test("every answer fits the published JSON Schemas", async (t) => {
    const folder = join(root, "../shared/data/open311");
    const folders = [folder, join(root, "../../shared/data/open311")];
    const found = folders.find((it) => existsSync(it));
    if (!found) return t.skip("the schemas are not beside the repository");
    const ajv = new Ajv({ strict: false, allErrors: true });
    ajv.addFormat("date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
    ajv.addFormat("uri", /^https?:\/\/\S+$/);
    const schema = async (name) => JSON.parse(await readFile(join(found, `${name}.schema.json`), "utf8"));
    ajv.addSchema(await schema("request"), "request.json");
    ajv.addSchema(await schema("service"), "service.json");
    const number = await posted();
    for (const [path, name] of [
      ["services.json", "services"],
      [`services/${asking()}.json`, "service-definition"],
      ["requests.json", "requests"],
      ["requests.json?extensions=true&page_size=1", "requests"],
      [`requests/${number}.json`, "requests"],
    ]) {
      const { status, json } = await read(at.stack, path);
      assert.equal(status, 200, path);
      const fits = ajv.compile(await schema(name));
      assert.ok(fits(json), `${path}: ${ajv.errorsText(fits.errors)}`);
    }
  });

  test("our own suite finds nothing broken", async () => {
    await posted();
    await posted({ service_code: "cleanliness.street" });
    const { stdout } = await run(binary, [
      "open311-check",
      `${at.stack.origin.url}/open311/v2`,
      ...["--jurisdiction", "eastern-province", "--api-key", PARTNER_KEY, "--post", "--pause", "0"],
      ...["--service-code", "roads.pothole", "--at", `${WEST_DAMMAM.lat},${WEST_DAMMAM.lon}`, "--format", "json"],
    ]);
    const { summary, findings } = JSON.parse(stdout);
    const broken = findings.filter(({ outcome }) => outcome === "broken");
    assert.deepEqual(broken, []);
    assert.deepEqual([summary.must_broken, summary.should_broken], [0, 0]);
  });

  test("the client georeport reads both formats", async (t) => {
    const environment = join(output, "georeport");
    const python = join(environment, "bin/python");
    try {
      if (!existsSync(python)) await run("python3", ["-m", "venv", environment]);
      const installed = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "georeport==0.3.1"];
      await run(python, installed, { timeout: 120_000 });
    } catch (error) {
      return t.skip(`georeport cannot be installed here: ${error.message.split("\n")[0]}`);
    }
    const number = await posted();
    const endpoint = `${at.stack.origin.url}/open311/v2`;
    const script = join(root, "tests/harness/read_georeport.py");
    const { stdout } = await run(python, [script, endpoint, "eastern-province", asking(), number]);
    const got = JSON.parse(stdout);
    const categories = at.stack.document.groups.flatMap((group) => group.categories);
    const expected = { services: categories.length, definition: asking(), listed: number, one: "open" };
    assert.deepEqual(got, { json: expected, xml: expected });
  });
});
