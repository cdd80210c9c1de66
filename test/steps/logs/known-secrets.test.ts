import { expect, test } from 'vitest';
import { deploymentAt } from '../../../src/domain/deployment.ts';
import { knownSecrets } from '../../../src/steps/logs/known-secrets.ts';
import { containerOf } from '../../fakes/container.ts';
import { MemoryFiles } from '../../fakes/memory-files.ts';

const deployment = deploymentAt('/srv/t');
const containers = [containerOf('mcp-proxy'), containerOf('cloudflared')];

async function secretsOf(
  files: MemoryFiles,
  file: (id: string, path: string) => Promise<Uint8Array>,
) {
  const found = await knownSecrets({ files, engine: { file } }, deployment, containers);
  return found.map((secret) => secret.reveal());
}

const nobody = async () => {
  throw new Error('not asked');
};

test('are the token’s file and what .env has', async () => {
  const files = new MemoryFiles('/srv', new Date());
  await files.write(deployment.tunnelToken, ' the-token\n', 0o400);
  await files.write(deployment.envFile, 'TUNNEL_TOKEN=another\n', 0o600);
  expect(await secretsOf(files, nobody)).toEqual(['the-token', 'another']);
});

test('a token that this user may not read comes from cloudflared’s container', async () => {
  const files = new MemoryFiles('/srv', new Date());
  await files.write(deployment.tunnelToken, 'x', 0o400);
  files.readText = async () => {
    throw new Error('EACCES');
  };
  const asked: string[] = [];
  const file = async (id: string, path: string) => {
    asked.push(`${id} ${path}`);
    return Buffer.from('from-the-container\n');
  };
  expect(await secretsOf(files, file)).toEqual(['from-the-container']);
  expect(asked).toEqual(['cloudflared-1 /credentials/tunnel-token']);
});

test('where there is none, or nothing can be read, there is none', async () => {
  const files = new MemoryFiles('/srv', new Date());
  expect(await secretsOf(files, nobody)).toEqual([]);
  await files.write(deployment.tunnelToken, 'x', 0o400);
  files.readText = nobody;
  expect(await secretsOf(files, nobody)).toEqual([]);
});
