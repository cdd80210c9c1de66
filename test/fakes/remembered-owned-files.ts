import { systemFiles } from '../../src/adapters/system-files.ts';
import type { OwnedFiles, Owner } from '../../src/ports/files.ts';

/** Owned files without root: real files, their owners only remembered. */
export class RememberedOwnedFiles implements OwnedFiles {
  readonly how = 'remembered by a test';
  needsImage = false;
  readonly owners = new Map<string, Owner & { readonly mode: number }>();

  async write(path: string, content: Uint8Array, owner: Owner, mode: number): Promise<void> {
    await systemFiles.write(path, content, mode);
    this.owners.set(path, { ...owner, mode });
  }

  read(path: string): Promise<Uint8Array | undefined> {
    return systemFiles.read(path);
  }

  async owner(path: string): Promise<(Owner & { readonly mode: number }) | undefined> {
    const stat = await systemFiles.stat(path);
    return stat && (this.owners.get(path) ?? { uid: stat.uid, gid: stat.gid, mode: stat.mode });
  }
}
