import { join } from 'node:path';
import { type Change, formatMode } from '../../domain/change.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { secretMode, secretOwner } from '../install/server-certificate.ts';
import { does, type RotationContext, type RotationStep, type RotationWorld } from './world.ts';

const certificateMode = 0o600;
const keyMode = 0o600;
const folderMode = 0o700;

/** The files of a CA and its server pair in the archive. */
function filesIn(folder: string) {
  return {
    caKey: join(folder, 'ca.key'),
    key: join(folder, 'tls.key'),
    certificate: join(folder, 'tls.crt'),
    caCertificate: join(folder, 'ca.crt'),
  };
}

/** The name of a folder that is made in the archive now. */
function archiveName(now: Date): string {
  return now.toISOString().replace(/[:.]/gu, '-');
}

/** Makes a folder that only the operator can enter. */
async function makeFolder({ files }: RotationContext['ports'], folder: string): Promise<void> {
  await files.makeDirectory(folder, folderMode);
  await files.setMode(folder, folderMode);
}

/** Puts a folder of the rotation into the archive, under the time and `suffix`; gives its path there. */
export async function moveToArchive(
  { ports, world }: Pick<RotationContext, 'ports' | 'world'>,
  folder: string,
  suffix = '',
): Promise<string> {
  const { backupsDir } = world.deployment;
  await makeFolder(ports, backupsDir);
  const to = join(backupsDir, `${archiveName(ports.clock.now())}${suffix}`);
  await ports.files.rename(folder, to);
  return to;
}

/** True if the run is to archive what is in `data/`; one that was stopped half-way has done so. */
function mustArchive(world: RotationWorld): boolean {
  return does(world, 'swap') && world.next.stage !== 'swap';
}

function nameOf({ ca }: RotationWorld): string {
  return ca ? `the old CA (${ca.facts.fingerprint.slice(0, 12)}…)` : 'what there is of the old CA';
}

/**
 * A copy of the old CA and its server pair, before they are replaced, each as it lies in `data/`. It
 * gets into the archive as a whole: what a killed run has of it is gone on with.
 */
export const archiveOldCa: RotationStep = {
  id: 'archive',
  title: 'Archive of the old CA',
  plan(_answers, world): readonly Change[] {
    if (!mustArchive(world)) return [];
    const { place, oldCa } = world.next;
    const pair = world.pairUsable ? ' with its server pair' : '';
    const noted: Change = {
      action: 'create',
      what: '.mcp-tunnel/next-ca/old-ca.crt, which CA is to be revoked afterwards',
      path: place.oldCaCertificate,
      mode: formatMode(certificateMode),
      undoable: false,
    };
    const note = world.ca && !(oldCa && world.archived !== undefined) ? [noted] : [];
    if (world.archived !== undefined) {
      const what = `.mcp-tunnel/backups/${world.archived}/, ${nameOf(world)}${pair}`;
      return [{ action: 'keep', what, undoable: false }, ...note];
    }
    return [
      {
        action: 'create',
        what: `.mcp-tunnel/backups/…/, ${nameOf(world)}${pair}`,
        mode: formatMode(folderMode),
        why: 'to put it back by hand, and as long as it is not revoked',
        undoable: false,
      },
      ...note,
    ];
  },
  async run(context) {
    const { world, ports, emit } = context;
    if (world.archived === undefined) await archive(context);
    const { ca, next } = world;
    if (!ca) return;
    const path = next.place.oldCaCertificate;
    await ports.files.write(path, ca.pem, certificateMode);
    emit({ type: 'file.written', path, mode: formatMode(certificateMode) });
  },
};

async function archive(context: RotationContext): Promise<void> {
  const { world, ports, emit } = context;
  const { deployment, server, serverKey, ca, next } = world;
  const { files, ownedFiles } = ports;
  const { leaving } = next.place;
  await makeFolder(ports, leaving);
  const place = filesIn(leaving);
  const caKey = await files.readText(deployment.caKey);
  if (caKey !== undefined) await files.write(place.caKey, caKey, keyMode);
  const key = world.pairUsable ? serverKey?.content : undefined;
  if (server && key) {
    await ownedFiles.write(place.key, Buffer.from(key.reveal()), secretOwner, secretMode);
    await files.write(place.certificate, server.pem, certificateMode);
  }
  if (ca) await files.write(place.caCertificate, ca.pem, certificateMode);
  const path = await moveToArchive(context, leaving);
  emit({ type: 'file.written', path, mode: formatMode(folderMode) });
}

/** Every archived CA, newest first, as the text of its certificate. */
export async function archivedCas(
  { files }: Pick<RotationContext['ports'], 'files'>,
  deployment: Deployment,
): Promise<readonly { readonly name: string; readonly ca: string; readonly server?: string }[]> {
  const all = await files.list(deployment.backupsDir);
  // A CA that was taken back has a name of another kind: it was never in use.
  const names = all
    .filter((name) => /^[\dT-]+Z$/u.test(name))
    .sort()
    .reverse();
  const found = await Promise.all(
    names.map(async (name) => {
      const place = filesIn(join(deployment.backupsDir, name));
      const textAt = (path: string) => files.readText(path).catch(() => undefined);
      const ca = await textAt(place.caCertificate);
      const server = await textAt(place.certificate);
      if (ca === undefined) return [];
      return [{ name, ca, ...(server === undefined ? {} : { server }) }];
    }),
  );
  return found.flat();
}
