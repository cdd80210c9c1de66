import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  deploymentOf,
  type Ended,
  eventsOf,
  finishOf,
  modesOf,
  Session,
  textOf,
} from './session.ts';

const escapeCode = '\u001b';

describe('rehearse install --yes --json', () => {
  const session = new Session();
  let ended: Ended;
  beforeAll(async () => {
    ended = await session.run(['rehearse', 'install', '--yes', '--json']);
  });
  afterAll(() => session[Symbol.asyncDispose]());

  test('every line is a JSON object of this version, marked as rehearsal; stderr is empty', () => {
    expect(ended.stderr).toBe('');
    expect(ended.stdout.endsWith('\n')).toBe(true);
    const lines = ended.stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(30);
    for (const line of lines) {
      const value: unknown = JSON.parse(line);
      expect(value).toMatchObject({ v: 1, rehearsal: true, type: expect.any(String) });
    }
  });

  test('ends done, after the sample tool’s answer, verified to level 4', () => {
    expect(ended.code).toBe(0);
    expect(finishOf(ended)).toMatchObject({ outcome: 'done', changed: true });
    const types = ended.events.map(({ type }) => type);
    expect(types.filter((type) => type === 'flow.finished')).toHaveLength(1);
    expect(eventsOf(ended, 'tool.answered')).toMatchObject([
      { route: 'echo', tool: 'hello', text: 'Hello, tunnel!', via: 'simulated edge' },
    ]);
    expect(types.indexOf('tool.answered')).toBeLessThan(types.indexOf('flow.finished'));
    expect(eventsOf(ended, 'verified')).toMatchObject([{ level: 4, unproven: [] }]);
    expect(eventsOf(ended, 'check').map(({ status }) => status)).not.toContain('fail');
  });

  test('the directory is fresh, printed and kept; nothing else is left in the temporary folder', () => {
    const { dir } = finishOf(ended);
    expect(dirname(dirname(dir))).toBe(session.tmp);
    expect(existsSync(join(dir, 'docker-compose.yaml'))).toBe(true);
    expect(readdirSync(session.tmp)).toEqual([dirname(dir).slice(session.tmp.length + 1)]);
    expect(readdirSync(session.cwd)).toEqual([]);
    expect(readdirSync(session.home)).toEqual([]);
  });

  test('no process outlives the command', () => {
    expect(session.processes()).toEqual([]);
  });

  test('the files have the modes of the design, and the secrets are in no output', () => {
    const { dir } = finishOf(ended);
    expect(modesOf(deploymentOf(dir))).toEqual([
      '700 .',
      '644 .gitignore',
      '700 .mcp-tunnel',
      '600 .mcp-tunnel/answers.yaml',
      '600 .mcp-tunnel/applied.json',
      '755 config',
      '644 config/mcp-proxy.yaml',
      '711 credentials',
      '400 credentials/tunnel-token',
      '711 data',
      '644 data/ca.crt',
      '600 data/ca.key',
      '644 data/tls.crt',
      '644 data/tls.ext',
      '400 data/tls.key',
      '644 docker-compose.yaml',
      '644 hello_server.py',
    ]);
    const token = textOf(dir, 'credentials/tunnel-token');
    expect(token.length).toBeGreaterThan(100);
    expect(ended.stdout).not.toContain(token);
    expect(ended.stdout).not.toContain('PRIVATE KEY');
    expect(statSync(dirname(dir)).mode & 0o777).toBe(0o700);
  });

  test('another run without --dir is another rehearsal', async () => {
    const other = await session.run(['rehearse', '--dry-run', '--json']);
    expect(other.code).toBe(0);
    expect(finishOf(other).dir).not.toBe(finishOf(ended).dir);
  });
});

describe('--dir', () => {
  test('counts from the working directory, or from where npm start was typed', async () => {
    await using session = new Session();
    const [plain, npm] = await Promise.all([
      session.run(['rehearse', 'install', '--dry-run', '--json', '--dir', 'a/../practice']),
      session.run(['rehearse', 'install', '--dry-run', '--json', '--dir', 'practice'], {
        cwd: '/',
        env: {
          npm_lifecycle_event: 'start',
          npm_package_name: 'mcp-tunnel',
          INIT_CWD: session.home,
        },
      }),
    ]);
    expect(finishOf(plain).dir).toBe(join(session.cwd, 'practice'));
    expect(finishOf(npm).dir).toBe(join(session.home, 'practice'));
  });

  test('INIT_CWD of another npm script does not count', async () => {
    await using session = new Session();
    const ended = await session.run(['rehearse', '--dry-run', '--json', '--dir', 'practice'], {
      env: { npm_lifecycle_event: 'deploy', npm_package_name: 'other', INIT_CWD: '/' },
    });
    expect(finishOf(ended).dir).toBe(join(session.cwd, 'practice'));
  });
});

describe('the text surface', () => {
  test('tells the same with a banner, and without escapes when piped', async () => {
    await using session = new Session();
    const ended = await session.run(['rehearse', 'install', '--yes', '--dir', session.dir]);
    expect(ended.code).toBe(0);
    expect(ended.stderr).toBe('');
    expect(ended.stdout).not.toContain(escapeCode);
    expect(ended.stdout.split('\n')[0]).toBe(
      'REHEARSAL: a simulator plays Docker and the vendor. Nothing real is touched.',
    );
    for (const said of [
      `Deployment: ${session.dir}`,
      '+ data/ca.crt, CA certificate (rsa-2048, 3650 days, CN=mcp-tunnel-ca) 0644',
      '$ docker compose up -d',
      'connected 4 of 4',
      'Hello, tunnel!',
      'Verified to level 4 of 4',
      `Done. Deployment: ${session.dir}`,
    ])
      expect(ended.stdout).toContain(said);
  });

  test('in a terminal NO_COLOR and TERM=dumb take the escapes away, --plain does not', async () => {
    await using session = new Session();
    const inTerminal = (env: Record<string, string>) => {
      const argv = session.argv(['rehearse', 'install', '--dry-run', '--plain']);
      const command = argv.map((word) => `'${word}'`).join(' ');
      return session.execute(['script', '-qec', command, '/dev/null'], { env });
    };
    const [colour, none, dumb] = await Promise.all([
      inTerminal({ TERM: 'xterm' }),
      inTerminal({ TERM: 'xterm', NO_COLOR: '1' }),
      inTerminal({ TERM: 'dumb' }),
    ]);
    for (const { code, stdout } of [colour, none, dumb]) {
      expect(code).toBe(0);
      expect(stdout).toContain('Plan (dry run: nothing is changed)');
    }
    expect(colour.stdout).toContain(`${escapeCode}[`);
    expect(none.stdout).not.toContain(escapeCode);
    expect(dumb.stdout).not.toContain(escapeCode);
  });
});
