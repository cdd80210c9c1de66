import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { hostname, networkInterfaces, userInfo } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Host } from '../ports/host.ts';

function username(): string {
  try {
    return userInfo().username;
  } catch {
    // A uid without an entry in passwd, as in containers.
    return String(process.getuid?.() ?? 'unknown');
  }
}

/** This machine and user; programs are looked up in `path` (PATH's value). */
export function systemHost(path: string): Host {
  return {
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    username: username(),
    hostname: hostname(),
    platform: process.platform,
    addresses: () =>
      Object.values(networkInterfaces())
        .flatMap((list) => list ?? [])
        .filter((address) => address.family === 'IPv4')
        .map((address) => address.address),
    async which(program) {
      for (const folder of path.split(delimiter).filter((each) => isAbsolute(each))) {
        const candidate = join(folder, program);
        const found = await access(candidate, constants.X_OK).then(
          () => true,
          () => false,
        );
        if (found) return candidate;
      }
      return undefined;
    },
  };
}
