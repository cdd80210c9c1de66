import { join } from 'node:path';
import type { Change } from '../../domain/change.ts';
import { assertNotCarrying } from './bridge.ts';
import { moveToArchive } from './ca-archive.ts';
import { readyNames } from './swap.ts';
import type { RotationContext, RotationStep } from './world.ts';

async function run(context: RotationContext): Promise<void> {
  const { ports, world, answers } = context;
  const { files, registrar } = ports;
  const { place, ca } = world.next;
  // An archived pair could be put back by renew-cert: this one belongs to no CA that is in use.
  for (const path of [place.serverCertificate, place.serverKey]) await files.remove(path);
  // A copy of the old CA that a killed run has not brought to the archive.
  for (const name of await files.list(place.leaving)) await files.remove(join(place.leaving, name));
  await files.remove(place.leaving);
  for (const name of readyNames()) await files.remove(join(world.deployment.dataDir, name));
  if (ca) await registrar?.revoke(answers.domain, ca.facts.fingerprint);
  await moveToArchive(context, place.dir, '-cancelled-ca');
}

/** The new CA, which nothing has used yet, in the archive; everything else is as it was. */
export const cancel: RotationStep = {
  id: 'cancel',
  title: 'New CA taken back',
  plan(_answers, world): readonly Change[] {
    const { next, registrar } = world;
    if (next.stage === 'none') return [];
    assertNotCarrying(world);
    const key = next.keyElsewhere ? `; its key stays at ${next.keyPath}` : ', with its key';
    return [
      {
        action: 'remove',
        what: `.mcp-tunnel/next-ca/, the new CA; it goes to .mcp-tunnel/backups${key}`,
        path: next.place.dir,
        why: `nothing has used it yet${registrar === undefined ? '' : `; the ${registrar} revokes it`}`,
        undoable: false,
      },
    ];
  },
  run,
};
