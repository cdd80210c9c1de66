import { afterAll, beforeAll } from 'vitest';
import { type ImageRefs, withStandIn } from './images.ts';
import { type Account, output } from './inside.ts';
import { type Installation, prepareInstallation } from './installation.ts';
import type { Stand } from './on-each-engine.ts';

/** Prepares a deployment that is removed after the file's last test. */
export type Prepare = (
  account: Account,
  name: string,
  images?: Partial<ImageRefs>,
) => Promise<Installation>;

/**
 * For installations side by side on one engine, with the stand-in as sample server: images are
 * there, and the usual project name is held by another directory's container, so that each
 * deployment finds a name of its own however many begin at once.
 */
export function useInstallations(stand: () => Stand): Prepare {
  const used: Installation[] = [];
  let holder = '';
  beforeAll(async () => {
    const { engine, images } = stand();
    for (const ref of [images.proxy, images.cloudflared, images.standIn])
      await output(engine, ['docker', 'pull', '--quiet', ref]);
    const labels = {
      'com.docker.compose.project': 'mcp-tunnel',
      'com.docker.compose.project.working_dir': '/srv/another/mcp-tunnel',
      'com.docker.compose.service': 'mcp-proxy',
    };
    holder = await output(engine, [
      ...['docker', 'create'],
      ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
      images.proxy,
    ]);
  });
  afterAll(async () => {
    if (holder) await output(stand().engine, ['docker', 'rm', '-f', holder]);
    for (const installation of used) await installation.remove();
  });
  return async (account, name, images = {}) => {
    const { engine, images: usual } = stand();
    const all = { engine, images: { ...withStandIn(usual), ...images } };
    const installation = await prepareInstallation(all, account, name);
    used.push(installation);
    return installation;
  };
}
