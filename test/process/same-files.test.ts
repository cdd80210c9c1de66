import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deploymentAt } from '../../src/domain/deployment.ts';
import { defaultImages } from '../../src/domain/images.ts';
import { chooseProject } from '../../src/domain/project-name.ts';
import { installAnswers } from '../../src/flows/install-answers.ts';
import { wantedFiles } from '../../src/steps/install/files.ts';
import type { InstallWorld } from '../../src/steps/install/world.ts';
import { modesOf, Session, textOf, treeOf } from './session.ts';

const session = new Session();
let domain: string;
beforeAll(async () => {
  await session.rehearsed(['--route', 'echo=http://hello-mcp:9000', '--cert-days', '60']);
  domain =
    /tunnel_domain: "?([\w.]+)/u.exec(textOf(session.dir, 'config/mcp-proxy.yaml'))?.[1] ?? '';
});
afterAll(() => session[Symbol.asyncDispose]());

/** A real host before anything is there: a plain engine, as the Docker adapter describes one. */
function realWorld(dir: string): InstallWorld {
  const deployment = deploymentAt(dir);
  return {
    deployment,
    found: deployment,
    now: new Date(),
    engine: {
      endpoint: { host: 'unix:///var/run/docker.sock', source: 'default' },
      version: '26.1.5',
      apiVersion: '1.45',
      operatingSystem: 'Debian GNU/Linux 13 (trixie)',
      architecture: 'x86_64',
      rootless: false,
      usernsRemap: false,
      selinux: false,
      dataRoot: '/var/lib/docker',
    },
    compose: { variant: 'v2', version: '2.26.1', command: ['docker', 'compose'] },
    project: chooseProject(dir, [], undefined),
    directories: new Map(),
    files: new Map(),
    token: undefined,
    deployedToken: undefined,
    envToken: undefined,
    runningToken: undefined,
    serverKey: undefined,
    ca: undefined,
    offeredCa: undefined,
    caKeyPath: deployment.caKey,
    caKeyStat: undefined,
    caKey: undefined,
    certificates: {
      ca: 'create',
      caWhy: undefined,
      issueServer: true,
      serverWhy: 'there is none yet',
      pairUsable: false,
    },
    upstreamCa: undefined,
    images: new Map(),
    containers: [],
    applied: undefined,
  };
}

test('the files are byte for byte those of a real installation with the same answers', () => {
  const answer = (value: unknown) => ({ value, source: 'test' });
  const answers = installAnswers(
    {
      domain: answer(domain),
      routes: answer(['echo=http://hello-mcp:9000']),
      certificateDays: answer('60'),
    },
    { hasToken: true },
  );
  const wanted = wantedFiles(answers, realWorld(session.dir));
  const names = wanted.map(({ path }) => path.slice(session.dir.length + 1));
  expect(names.sort()).toEqual([
    '.gitignore',
    '.mcp-tunnel/answers.yaml',
    'config/mcp-proxy.yaml',
    'data/tls.ext',
    'docker-compose.yaml',
    'hello_server.py',
  ]);
  const modes = modesOf(treeOf(session.dir));
  for (const { path, text, mode } of wanted) {
    const name = path.slice(session.dir.length + 1);
    expect(modes).toContain(`${mode.toString(8)} ${name}`);
    // The rehearsed Console has registered the CA, which is remembered; a person has not said so yet.
    const written = readFileSync(join(session.dir, name), 'utf8');
    expect(written.replace(/^ {2}caRegistered: .*\n/mu, '')).toBe(text);
  }
});

test('the vendor’s digests are the real ones', () => {
  const compose = textOf(session.dir, 'docker-compose.yaml');
  for (const image of Object.values(defaultImages)) expect(compose).toContain(`image: ${image}`);
});
