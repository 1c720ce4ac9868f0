// How often a server really asks the disk to keep what it wrote: counted by strace, from outside of it.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

export const canCount = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

/** How long each of them takes at least, in microseconds: a disk so slow that whoever comes meanwhile meets
    there, however fast this machine's disk is and however slow its processors. */
const SLOW_US = 100_000;

export class Syncs {
  #log;

  /**
   * Has a server that does not run yet counted from its next start on, on a slow disk.
   * @param {import("./part.mjs").Part} part
   */
  static of(part) {
    const syncs = new Syncs();
    syncs.#log = `${part.log}.syncs`;
    const traced = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-e", `inject=fsync,fdatasync:delay_exit=${SLOW_US}`, "-e", "signal=none", "-o", syncs.#log];
    part.command = [...traced, ...part.command];
    return syncs;
  }

  /** Syncs that came back by now. */
  get count() {
    if (!existsSync(this.#log)) return 0;
    return readFileSync(this.#log, "utf8").split("\n").filter((line) => / = 0( \(DELAYED\))?$/.test(line)).length;
  }
}
