// The stream on workerd: lines come by POST, answers go back as JSON.
import { open } from "./answers.mjs";
import * as shipped from "./edge.js";
import wasm from "./edge.wasm";
import * as entry from "./instance.mjs";
import pack from "./municipality.pack";
import setting from "./setting.json";
import * as screen from "./vectors.js";
import module from "./vectors.wasm";

let judge;

export default {
  async fetch(request) {
    if (judge === undefined) {
      screen.initSync({ module });
      judge = open(shipped, entry, wasm, screen, JSON.parse(setting), new Uint8Array(pack));
    }
    const judged = [];
    for (const line of (await request.text()).split("\n")) judged.push(await judge(line));
    return Response.json(judged);
  },
};
