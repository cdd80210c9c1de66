import { join } from 'node:path';
import { type Change, formatMode } from '../../domain/change.ts';
import { Failure } from '../../domain/failure.ts';
import { temporaryName } from '../../domain/temporary-name.ts';
import { secretMode, secretOwner } from '../install/server-certificate.ts';
import { newCaOnDisk } from './registration.ts';
import { does, type RotationContext, type RotationStep, type RotationWorld } from './world.ts';

const certificateMode = 0o644;
const keyMode = 0o600;

/** Names under which the new files lie in `data/` until they take their places. */
export function readyNames(): readonly string[] {
  return ['tls.crt', 'ca.key', 'ca.crt'].map((name) => temporaryName(name, '0'.repeat(12)));
}

/** A file that is written out in full first, and then only renamed. */
interface Ready {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

async function readyFiles(
  { ports, world }: RotationContext,
  next: Awaited<ReturnType<typeof newCaOnDisk>>,
): Promise<readonly Ready[]> {
  const { deployment, newKey } = world;
  const { server, ca, place } = next;
  if (!server)
    throw new Failure('file-unreadable', 'The new server pair is gone.', {
      nextSteps: ['Run the same command again.'],
    });
  const key = newKey.elsewhere ? undefined : await ports.files.readText(place.caKey);
  if (key === undefined && !newKey.elsewhere)
    throw new Failure('ca-key-missing', 'The new CA’s key is gone.', {
      found: `nothing at ${place.caKey}`,
      nextSteps: ['Put it back there, then run the same command again.'],
    });
  const { serverCertificate, caKey, caCertificate } = deployment;
  return [
    { path: serverCertificate, text: server.pem, mode: certificateMode },
    ...(key === undefined ? [] : [{ path: caKey, text: key, mode: keyMode }]),
    { path: caCertificate, text: ca.pem, mode: certificateMode },
  ];
}

/**
 * The new CA and its server pair in the old ones' places. All but the server key are written out in
 * full first: once that is in its place only renames are left, which no full disk can stop. The key
 * before its certificate, because the proxy polls the certificate; the CA's certificate last: with it
 * the swap is over. A run that is killed in between leaves files of both, which `install` and
 * `renew-cert` do not touch; the next run writes them all again.
 */
async function swapFiles(context: RotationContext): Promise<void> {
  const { ports, world, emit } = context;
  const { files, ownedFiles } = ports;
  const { dataDir, serverKey, caKey } = world.deployment;
  const next = await newCaOnDisk(context);
  const ready = await readyFiles(context, next);
  const place = (path: string) =>
    join(dataDir, temporaryName(path.slice(dataDir.length + 1), '0'.repeat(12)));
  const key = Buffer.from(next.server?.key.reveal() ?? '');
  try {
    for (const { path, text, mode } of ready) await files.write(place(path), text, mode);
    await ownedFiles.write(serverKey, key, secretOwner, secretMode);
  } catch (error) {
    for (const { path } of ready) await files.remove(place(path)).catch(() => undefined);
    throw error;
  }
  const owner = String(secretOwner.uid);
  emit({ type: 'file.written', path: serverKey, mode: formatMode(secretMode), owner });
  for (const { path, mode } of ready) {
    // A key that is kept elsewhere from now on: the old one, which is in the archive, goes.
    const isLast = path === ready.at(-1)?.path;
    if (isLast && world.newKey.elsewhere) await files.remove(caKey);
    await files.rename(place(path), path);
    emit({ type: 'file.written', path, mode: formatMode(mode) });
  }
}

function planKey({ deployment, newKey }: RotationWorld): Change {
  const { caKey } = deployment;
  if (newKey.elsewhere) {
    return {
      action: 'remove',
      what: 'data/ca.key, private key of the old CA, if it is there',
      path: caKey,
      why: `the new one stays at ${newKey.path}`,
      undoable: false,
    };
  }
  return {
    action: 'change',
    what: 'data/ca.key, private key of the new CA',
    path: caKey,
    mode: formatMode(keyMode),
    undoable: false,
  };
}

export const swap: RotationStep = {
  id: 'swap',
  title: 'New CA in the old one’s place',
  pointOfNoReturn: true,
  plan(_answers, world): readonly Change[] {
    if (!does(world, 'swap')) return [];
    const { deployment } = world;
    const mode = formatMode(certificateMode);
    return [
      {
        action: 'change',
        what: 'data/tls.key, private key of the new server certificate',
        path: deployment.serverKey,
        mode: formatMode(secretMode),
        owner: String(secretOwner.uid),
        undoable: false,
      },
      {
        action: 'change',
        what: 'data/tls.crt, server certificate of the new CA',
        path: deployment.serverCertificate,
        mode,
        why: 'the proxy takes it by itself: nothing is restarted',
        undoable: false,
      },
      planKey(world),
      {
        action: 'change',
        what: 'data/ca.crt, certificate of the new CA',
        path: deployment.caCertificate,
        mode,
        undoable: false,
      },
    ];
  },
  run: swapFiles,
};
