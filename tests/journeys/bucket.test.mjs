// Photos in a bucket of a store that speaks S3, and two edges that have nothing else in common but that
// and their database.
import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { Api, freshKey, pothole, sha256 } from "../harness/api.mjs";
import { Bucket, KEY } from "../harness/bucket.mjs";
import { output } from "../harness/built.mjs";
import { Cluster, noPostgres } from "../harness/cluster.mjs";
import { call } from "../harness/http.mjs";
import { describeUnless } from "../harness/journey.mjs";
import { plainJpeg } from "../harness/jpeg.mjs";
import { Stack } from "../harness/stack.mjs";
import { until } from "../harness/wait.mjs";

const missing = noPostgres ?? (await Bucket.missing());

describeUnless(missing, "photos in a bucket", () => {
  const folder = join(output, `bucket-${process.pid}`);
  let bucket;
  let cluster;
  let stack;
  before(async () => {
    await mkdir(folder, { recursive: true });
    bucket = await Bucket.open(folder, "photos");
    cluster = await Cluster.start();
    stack = await Stack.start({
      name: "bucket",
      edge: "native",
      database: await cluster.database("bucket"),
      twinData: true,
      edgeEnvironment: KEY,
      edgeSections: `[photos]\nbucket = "photos"\nendpoint = ${JSON.stringify(bucket.endpoint)}\nprefix = "edge"\n`,
    });
  });
  after(async () => {
    await stack?.stop();
    await cluster?.stop();
    await bucket?.stop();
    for (const gone of [stack?.folder, folder]) if (gone) await rm(gone, { recursive: true, force: true });
  });

  test("a photo that one edge took is in the bucket, without metadata, and reaches the origin by the other", async () => {
    const [here, there] = [new Api(stack), new Api(stack, { url: stack.twin.url })];
    const photo = plainJpeg({ width: 640, height: 480 });
    const put = await here.photo(photo);
    assert.equal(put.status, 201, put.text);
    const names = (await bucket.names()).filter((name) => name !== "edge/probe");
    assert.equal(names.length, 1);
    assert.equal(names[0], `edge/${sha256(await bucket.bytes(names[0]))}`);
    // The one that took it is gone: whoever carries it has it from the bucket.
    await stack.edge.stop("SIGKILL");
    const filed = await there.file(pothole({ photos: [put.json.sha256] }), { key: freshKey() });
    assert.equal(filed.status, 201, filed.text);
    await until("the origin has the photo", async () => {
      const rows = await stack.inOrigin("SELECT sha256 FROM photos");
      return rows.length === 1;
    });
    await stack.edge.start();
  });

  test("an edge whose bucket is away says that it is not ready, and takes photos again when it is back", async () => {
    const ready = async () => (await call(`${stack.edge.url}/readyz`)).status;
    await until("it is ready", async () => (await ready()) === 200);
    await bucket.stop();
    await until("it is not ready", async () => (await ready()) === 503);
    const photo = plainJpeg({ width: 320, height: 240 });
    const refused = await new Api(stack).photo(photo);
    assert.deepEqual([refused.status, refused.json.code], [503, "storage.unavailable"]);
    await bucket.start();
    await until("it is ready again", async () => (await ready()) === 200);
    assert.equal((await new Api(stack).photo(photo)).status, 201);
  });
});
