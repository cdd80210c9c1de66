import { join } from 'node:path';
import type { Change } from '../../domain/change.ts';
import { moveToArchive } from './ca-archive.ts';
import { newCaOnDisk } from './registration.ts';
import { assertServed } from './served.ts';
import { does, type RotationContext, type RotationStep } from './world.ts';

/** Lets whoever revokes by himself revoke every other CA. */
async function revoke({ ports, answers }: RotationContext, fingerprint: string): Promise<void> {
  const { registrar } = ports;
  if (!registrar) return;
  const { domain } = answers;
  const others = (await registrar.active(domain)).filter((each) => each !== fingerprint);
  for (const each of others) await registrar.revoke(domain, each);
}

async function run(context: RotationContext): Promise<void> {
  const { ports, world } = context;
  const { ca, place } = await newCaOnDisk(context);
  if (!does(world, 'swap')) await assertServed(context);
  await revoke(context, ca.facts.fingerprint);
  // One rename, so that nothing of it is half closed; what is left in it is no secret.
  const closed = await moveToArchive(context, place.dir, '-ca-rotation');
  for (const file of await ports.files.list(closed)) await ports.files.remove(join(closed, file));
  await ports.files.remove(closed);
}

/** The old CA is revoked, and the rotation over. */
export const close: RotationStep = {
  id: 'close',
  title: 'End of the old CA',
  plan(_answers, world): readonly Change[] {
    if (!does(world, 'close')) return [];
    const { registrar, next } = world;
    const by = registrar === undefined ? 'you have revoked it' : `the ${registrar} revokes it`;
    return [
      {
        action: 'remove',
        what: '.mcp-tunnel/next-ca/, the rotation is over',
        path: next.place.dir,
        why: `the old CA stays in .mcp-tunnel/backups; ${by}`,
        undoable: false,
      },
    ];
  },
  run,
};
