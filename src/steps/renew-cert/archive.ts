import { type Change, formatMode } from '../../domain/change.ts';
import { secretMode, secretOwner } from '../install/server-certificate.ts';
import { planStateFolder } from '../state-folder.ts';
import { archiveAt } from './archived-pairs.ts';
import type { RenewalStep, RenewalWorld } from './world.ts';

const certificateMode = 0o600;

/** True if the pair on disk is the newest in the archive: a run that was killed has put it there. */
function isArchived({ archived, server }: RenewalWorld): boolean {
  return archived !== undefined && archived.facts.fingerprint === server?.facts.fingerprint;
}

/**
 * A copy of the pair there is, before it is replaced. The key stays the containers' user's alone,
 * and its folder the operator's: nobody else gets at it.
 */
export const archive: RenewalStep = {
  id: 'archive',
  title: 'Archive of the pair there is',
  plan(_answers, world): readonly Change[] {
    const { server, work, pairUsable, archived } = world;
    if (work.kind === 'keep') return [];
    const folder = planStateFolder(world.deployment, world.stateFolder);
    if (!pairUsable || !server) return folder;
    const { fingerprint } = server.facts;
    const what = `the pair there is (certificate ${fingerprint.slice(0, 12)}…)`;
    if (isArchived(world)) {
      const name = archived?.name ?? '';
      return [{ action: 'keep', what: `.mcp-tunnel/backups/${name}/, ${what}`, undoable: false }];
    }
    return [
      ...folder,
      {
        action: 'create',
        what: `.mcp-tunnel/backups/…/tls.key and tls.crt, ${what}`,
        mode: formatMode(secretMode),
        owner: String(secretOwner.uid),
        why: 'put back by: renew-cert --restore',
        undoable: false,
      },
    ];
  },
  async run({ world, ports, emit }) {
    const { deployment, server, serverKey } = world;
    const key = serverKey?.content;
    if (!server || !key || !world.pairUsable) return;
    const name = ports.clock.now().toISOString().replace(/[:.]/gu, '-');
    const place = archiveAt(deployment, name);
    for (const folder of [deployment.backupsDir, place.folder]) {
      await ports.files.makeDirectory(folder, 0o700);
      await ports.files.setMode(folder, 0o700);
    }
    await ports.ownedFiles.write(place.key, Buffer.from(key.reveal()), secretOwner, secretMode);
    emit({
      type: 'file.written',
      path: place.key,
      mode: formatMode(secretMode),
      owner: String(secretOwner.uid),
    });
    await ports.files.write(place.certificate, server.pem, certificateMode);
    emit({ type: 'file.written', path: place.certificate, mode: formatMode(certificateMode) });
  },
};
