import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from './errno.ts';

/**
 * A pretend container network, kept as small files so that programs in other processes see it:
 * names have addresses, addresses belong to a network namespace, and in a namespace a port that is
 * listened on has a real loopback port. A port whose process is gone refuses, as in the real thing
 * (e2e.md 5: a sidecar keeps the dead namespace of its restarted parent).
 */
export class NetworkTable {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Starts empty: whatever an earlier process left is gone. */
  static create(dir: string): NetworkTable {
    rmSync(dir, { recursive: true, force: true });
    for (const part of ['names', 'addresses', 'namespaces']) {
      mkdirSync(join(dir, part), { recursive: true, mode: 0o700 });
    }
    return new NetworkTable(dir);
  }

  setName(name: string, address: string): void {
    replace(join(this.#dir, 'names', safe(name)), address);
  }

  removeName(name: string): void {
    rmSync(join(this.#dir, 'names', safe(name)), { force: true });
  }

  setAddress(address: string, namespace: string): void {
    replace(join(this.#dir, 'addresses', safe(address)), namespace);
  }

  removeAddress(address: string): void {
    rmSync(join(this.#dir, 'addresses', safe(address)), { force: true });
  }

  addNamespace(namespace: string): void {
    mkdirSync(join(this.#dir, 'namespaces', safe(namespace)), { recursive: true, mode: 0o700 });
  }

  /** Notes that this process serves `port` of the namespace on 127.0.0.1:`realPort`. */
  bind(namespace: string, port: number, realPort: number): void {
    replace(
      join(this.#dir, 'namespaces', safe(namespace), String(port)),
      `${realPort} ${process.pid}`,
    );
  }

  unbind(namespace: string, port: number): void {
    rmSync(join(this.#dir, 'namespaces', safe(namespace), String(port)), { force: true });
  }

  /** Address of a name, undefined if nobody has it. */
  address(name: string): string | undefined {
    return text(join(this.#dir, 'names', safe(name)));
  }

  namespaceOf(address: string): string | undefined {
    return text(join(this.#dir, 'addresses', safe(address)));
  }

  /** Real loopback port behind a namespace's port, undefined if nothing that lives listens there. */
  realPort(namespace: string, port: number): number | undefined {
    const found = text(join(this.#dir, 'namespaces', safe(namespace), String(port)));
    if (found === undefined) return undefined;
    const [realPort, pid] = found.split(' ').map(Number);
    return pid !== undefined && isAlive(pid) ? realPort : undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/** File name of a name: lower case, nothing that leaves the folder. */
function safe(name: string): string {
  return encodeURIComponent(name.toLowerCase().replace(/\.$/, '')).replace(/^\.+/, '_');
}

function replace(path: string, content: string): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, path);
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error))) return undefined;
    throw error;
  }
}
