import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { deploymentAt } from '../../src/domain/deployment.ts';
import { readProxyConfig } from '../../src/domain/proxy-config-read.ts';
import { programsIn } from '../../src/simulator/rehearsal/place.ts';
import { openRehearsal } from '../../src/simulator/rehearsal.ts';
import { handMadeFiles, type Variant } from '../fakes/hand-made-texts.ts';
import type { Session } from './session.ts';

/**
 * What a rehearsal has installed, laid out as somebody does by hand, and running so: the simulated
 * vendor and engine know it, and nothing else on disk tells that mcp-tunnel was there. The token is in
 * `.env`: a rehearsal's containers have no environment from another shell.
 */
export async function layOutByHand(session: Session, variant: Variant): Promise<void> {
  await session.rehearsed();
  const { dir } = session;
  const at = deploymentAt(dir);
  const program = inject('program');
  const rehearsal = await openRehearsal({
    deploymentDir: dir,
    programs: programsIn(join(program, 'dist/simulator'), join(program, 'node')),
  });
  try {
    const project = { dir, project: 'mcp-tunnel' };
    await rehearsal.compose.down(project);
    const config = readProxyConfig(readFileSync(at.proxyConfig, 'utf8'));
    const domain = (config.ok ? config.value.domain : undefined) ?? '';
    const token = readFileSync(at.tunnelToken, 'utf8');
    const key = readFileSync(at.serverKey);
    const { composeFile, configDir, credentialsDir, gitignore, answers, journal } = at;
    for (const path of [composeFile, configDir, credentialsDir, gitignore, answers, journal])
      rmSync(path, { recursive: true, force: true });
    rmSync(join(at.stateDir, 'applied.json'), { force: true });
    mkdirSync(configDir);
    for (const [name, text] of Object.entries(handMadeFiles(variant, { domain, token })))
      writeFileSync(join(dir, name), text, { mode: name === '.env' ? 0o600 : 0o644 });
    for (const path of [dir, at.dataDir]) chmodSync(path, 0o755);
    const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    await rehearsal.ownedFiles.write(at.serverKey, key, owner, 0o644);
    await rehearsal.compose.up(project, {});
  } finally {
    await rehearsal.close();
  }
}
