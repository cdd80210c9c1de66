import { join } from 'node:path';
import type { CertificateFacts } from '../../domain/certificate.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { InstallPorts } from '../install/ports.ts';

/** A pair in the backups folder. Its key is the containers' user's; only its certificate was read. */
export interface ArchivedPair {
  /** Name of its folder: when it was archived. */
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
  readonly pem: string;
  readonly facts: CertificateFacts;
}

/** Where a pair lies that was archived under this name. */
export function archiveAt(deployment: Deployment, name: string) {
  const folder = join(deployment.backupsDir, name);
  return { folder, certificate: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
}

/**
 * All archived pairs, newest first. The certificate is archived last: a folder without one is of a
 * run that was killed, and no pair.
 */
export async function archivedPairs(
  { files, certificates }: Pick<InstallPorts, 'files' | 'certificates'>,
  deployment: Deployment,
): Promise<readonly ArchivedPair[]> {
  const names = [...(await files.list(deployment.backupsDir))].sort().reverse();
  const pairs: ArchivedPair[] = [];
  for (const name of names) {
    const { certificate, key } = archiveAt(deployment, name);
    const pem = await files.readText(certificate).catch(() => undefined);
    if (pem === undefined || !(await files.stat(key))) continue;
    try {
      pairs.push({ name, certificate, key, pem, facts: certificates.read(pem) });
    } catch {
      // Not one of ours, or damaged: it cannot be put back.
    }
  }
  return pairs;
}
