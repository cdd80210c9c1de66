/**
 * Writes stdin to an owned file as whoever runs this, then prints as JSON what can be said of it.
 *
 * Usage: owned-file-program.ts DEPLOYMENT-DIR PATH IMAGE
 */
import { buffer } from 'node:stream/consumers';
import { createDocker } from '../../src/adapters/docker/clients.ts';
import { systemHost } from '../../src/adapters/system-host.ts';

const [deploymentDir = '', path = '', image = ''] = process.argv.slice(2);
const { ownedFiles } = createDocker({
  endpointSettings: { dockerHost: process.env['DOCKER_HOST'] ?? '', configDir: '/nonexistent' },
  env: {},
  host: systemHost(process.env['PATH'] ?? ''),
});
const files = ownedFiles({ deploymentDir, image });
const before = await files.read(path);
await files.write(path, await buffer(process.stdin), { uid: 65532, gid: 65532 }, 0o400);
const content = await files.read(path);
process.stdout.write(
  JSON.stringify({
    uid: process.getuid?.(),
    before: before === undefined ? null : Buffer.from(before).toString(),
    content: Buffer.from(content ?? []).toString(),
    owner: await files.owner(path),
    needsImage: files.needsImage,
  }),
);
