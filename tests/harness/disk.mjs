// A disk that can be full: a small tmpfs where this process may mount one, else a limit on how large a
// file the server may write, which ends its writes just as a full disk does.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SIZE_MB = 8;
const run = (program, ...words) => spawnSync(program, words, { encoding: "utf8" });

export class SmallDisk {
  #part;
  #folder;
  #ledger;
  #mounted;

  /**
   * Puts the data of a server that does not run onto a disk of its own.
   * @param {import("./part.mjs").Part} part
   * @param {string} folder its data
   * @param {string} ledger the name of its database there
   */
  static under(part, folder, ledger) {
    const disk = new SmallDisk();
    disk.#part = part;
    disk.#folder = folder;
    disk.#ledger = ledger;
    const copy = `${folder}.copy`;
    cpSync(folder, copy, { recursive: true });
    disk.#mounted = run("mount", "-t", "tmpfs", "-o", `size=${SIZE_MB}m`, "tmpfs", folder).status === 0;
    if (disk.#mounted) {
      process.once("exit", () => disk.release());
      cpSync(copy, folder, { recursive: true });
    } else {
      // The signal that a file too large brings would end the process; a full disk brings none.
      part.command = ["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh", ...part.command];
    }
    rmSync(copy, { recursive: true });
    return disk;
  }

  /** Leaves no room for another page of the ledger's log. */
  fill() {
    if (!this.#mounted) return this.#limit(statSync(join(this.#folder, `${this.#ledger}-wal`)).size);
    mkdirSync(join(this.#folder, "ballast"), { recursive: true });
    for (let size = SIZE_MB << 20; size >= 512; size /= 2) {
      for (let n = 0; ; n += 1) {
        try {
          writeFileSync(join(this.#folder, `ballast/${size}-${n}`), Buffer.alloc(size));
        } catch {
          break;
        }
      }
    }
  }

  /** Makes room again. */
  free() {
    if (!this.#mounted) return this.#limit("unlimited");
    rmSync(join(this.#folder, "ballast"), { recursive: true });
  }

  release() {
    if (this.#mounted) run("umount", "--lazy", this.#folder);
    this.#mounted = false;
  }

  #limit(bytes) {
    const limited = run("prlimit", "--pid", String(this.#part.pid), `--fsize=${bytes}:`);
    if (limited.status !== 0) throw new Error(`prlimit: ${limited.stderr}`);
  }
}
