import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemFiles } from '../../../src/adapters/system-files.ts';
import { Failure } from '../../../src/domain/failure.ts';
import { judgeStatus } from '../../../src/domain/status.ts';
import type { StatusObservation } from '../../../src/domain/status-observation.ts';
import { StatusObserver } from '../../../src/steps/status/observer.ts';
import type { StatusPorts } from '../../../src/steps/status/ports.ts';
import { domain, tokenOf, tokenText } from '../../fakes/sample-answers.ts';
import {
  registeredLine,
  StatusScene,
  started,
  startingLine,
  unregisteredLine,
} from '../../fakes/status-scene.ts';

const signal = new AbortController().signal;
const settings = { self: ['mcp-tunnel'], rehearsal: false };

function observerOf(scene: StatusScene, ports: Partial<StatusPorts> = {}): StatusObserver {
  return new StatusObserver({ ...scene.ports, ...ports }, scene.dir, settings);
}

function observe(scene: StatusScene, ports: Partial<StatusPorts> = {}): Promise<StatusObservation> {
  return observerOf(scene, ports).observe(signal);
}

/** Items that are neither passed nor about what a scripted host cannot have. */
function trouble(seen: StatusObservation): readonly string[] {
  return judgeStatus(seen)
    .items.filter(({ status }) => status !== 'pass')
    .map(({ id, status }) => `${status} ${id}`);
}

describe('a deployment that runs', () => {
  test('is seen whole: only the CA’s registration is not known', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const seen = await observe(scene);
    expect(trouble(seen)).toEqual(['warn ca']);
    expect(seen).toMatchObject({
      ...{ dir: scene.dir, project: 'mcp-tunnel', domain, self: ['mcp-tunnel'] },
      connections: { from: 'log', locations: ['fra08', 'fra08', 'fra08', 'fra08'] },
      runningTunnel: '0ab493ae-1e19-4c34-8486-288c07aa34a4',
      token: {
        in: 'file',
        content: {
          ok: true,
          value: { tunnelId: tokenOf().tunnelId, fingerprint: tokenOf().fingerprint },
        },
      },
      routes: { ok: true, value: [{ name: 'echo', service: 'hello-mcp', probe: { ok: true } }] },
      unfinished: undefined,
      working: undefined,
      bridge: { onDisk: false, containers: 0 },
    });
    expect(JSON.stringify(seen)).not.toContain(tokenText().slice(0, 24));
  });

  test('nothing is written', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const refuse = async () => {
      throw new Error('status writes');
    };
    const files = {
      ...systemFiles,
      ...{ write: refuse, appendLine: refuse, makeDirectory: refuse, setMode: refuse },
      ...{ rename: refuse, remove: refuse },
    };
    expect(trouble(await observe(scene, { files }))).toEqual(['warn ca']);
  });

  test('a person’s word makes the CA registered', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { ca } = await observe(scene);
    if (!ca?.ok) throw new Error('no CA');
    await writeFile(
      scene.host.deployment.answers,
      `certificates: { caRegistered: "${ca.value.facts.fingerprint.toUpperCase()}" }\n`,
    );
    expect(trouble(await observe(scene))).toEqual([]);
  });

  test('containers of other directories, and one-off ones, are not its own', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { engine } = scene.host;
    engine.add('mcp-proxy', { id: 'elsewhere', workingDir: '/srv/other', state: 'exited' });
    engine.add('mcp-proxy', { id: 'one-off', workingDir: scene.dir, oneOff: true });
    expect((await observe(scene)).containers).toHaveLength(3);
  });
});

describe('cloudflared’s log', () => {
  test('is read on where the last look ended, and anew after a restart', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { engine } = scene.host;
    const observer = observerOf(scene);
    await observer.observe(signal);
    const later = new Date(started.getTime() + 1000);
    engine.say('cloudflared-1', unregisteredLine(2), later);
    engine.say('cloudflared-1', registeredLine(2, 'ams04'), later);
    engine.say('cloudflared-1', unregisteredLine(3), later);
    const { connections } = await observer.observe(signal);
    expect(connections.locations).toEqual(['fra08', 'fra08', 'ams04']);
    engine.change('cloudflared-1', { startedAt: new Date(started.getTime() + 2000) });
    engine.say('cloudflared-1', startingLine, new Date(started.getTime() + 2000));
    engine.say('cloudflared-1', registeredLine(0, 'vie05'), new Date(started.getTime() + 2001));
    expect((await observer.observe(signal)).connections.locations).toEqual(['vie05']);
  });

  test('without its first lines the health check speaks', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { engine } = scene.host;
    engine.remove('cloudflared-1');
    engine.add('cloudflared', { workingDir: scene.dir, startedAt: started, health: 'healthy' });
    engine.say('cloudflared-1', registeredLine(1), started);
    expect((await observe(scene)).connections).toEqual({
      from: 'health',
      locations: ['fra08'],
      why: 'the first lines of its log are not there',
    });
  });

  test('that cannot be read is said', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { engine } = scene.host;
    engine.logs = async function* () {
      yield* [];
      throw new Failure('docker-failed', 'No such logging driver.');
    };
    expect((await observe(scene)).connections).toEqual({
      from: 'health',
      locations: [],
      why: 'No such logging driver.',
    });
  });
});

describe('the token', () => {
  const unreadable = (scene: StatusScene) => ({
    ...systemFiles,
    readText: async (path: string, most?: number) => {
      if (path !== scene.host.deployment.tunnelToken) return systemFiles.readText(path, most);
      throw new Failure('file-unreadable', `Cannot read ${path}.`);
    },
  });

  test('that this user may not read is read out of cloudflared by the engine', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const files = unreadable(scene);
    expect((await observe(scene, { files })).token?.content).toBeUndefined();
    const text = `${tokenText()}\n`;
    scene.host.engine.filesThere.set('cloudflared-1 /credentials/tunnel-token', Buffer.from(text));
    const { token } = await observe(scene, { files });
    expect(token?.content).toMatchObject({ value: { fingerprint: tokenOf().fingerprint } });
  });

  test('may lie in .env', async () => {
    await using scene = await StatusScene.make();
    await rm(scene.host.deployment.tunnelToken);
    expect((await observe(scene)).token).toBeUndefined();
    await writeFile(scene.host.deployment.envFile, `TUNNEL_TOKEN=${tokenText()}\n`);
    expect((await observe(scene)).token).toMatchObject({
      in: 'env',
      content: { value: { fingerprint: tokenOf().fingerprint } },
    });
  });
});

describe('the certificate that the proxy serves', () => {
  test('is looked at from this host, at the proxy’s address', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const asked: unknown[] = [];
    const proxyTls = {
      servedCertificate: async (request: unknown) => {
        asked.push(request);
        return 'ab'.repeat(32);
      },
    };
    expect((await observe(scene, { proxyTls })).served).toEqual({
      ok: true,
      value: { fingerprint: 'ab'.repeat(32), by: 'TLS handshake of this host' },
    });
    expect(asked).toEqual([
      { address: '172.18.0.9', port: 8080, host: `echo.${domain}`, timeoutMs: 3000 },
    ]);
  });

  test('once seen, is not asked for again until proxy or file change', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { certificate } = await observe(scene);
    const fingerprint = certificate?.ok ? certificate.value.facts.fingerprint : '';
    let asked = 0;
    let shown = 'other';
    const proxyTls = {
      servedCertificate: async () => {
        asked += 1;
        return shown;
      },
    };
    const observer = observerOf(scene, { proxyTls });
    await observer.observe(signal);
    shown = fingerprint;
    for (let looks = 0; looks < 3; looks += 1) await observer.observe(signal);
    expect(asked).toBe(2);
    scene.host.engine.change('mcp-proxy-1', { startedAt: new Date('2100-01-01T00:00:09Z') });
    await observer.observe(signal);
    expect(asked).toBe(3);
  });

  test('a handshake that fails is no failure of the look', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const proxyTls = {
      servedCertificate: async () => {
        throw new Failure('verification-failed', 'No TLS handshake.', { found: 'HTTP 404' });
      },
    };
    const seen = await observe(scene, { proxyTls });
    expect(seen.served).toEqual({ ok: false, problem: 'No TLS handshake. HTTP 404' });
    expect(trouble(seen)).toEqual(['warn ca']);
  });
});

describe('what is missing or broken is told, and the rest is judged', () => {
  test('Docker does not answer: files, and upstreams elsewhere', async () => {
    await using scene = await StatusScene.make();
    const { engine, deployment } = scene.host;
    engine.about = new Failure('docker-not-running', 'Docker does not run.', {
      nextSteps: ['sudo systemctl start docker'],
    });
    await writeFile(
      deployment.proxyConfig,
      `tunnel_domain: ${domain}\nroutes: { echo: "http://hello-mcp:9000", wiki: "http://10.0.0.5:8000" }\n`,
    );
    scene.upstreams.set('http://10.0.0.5:8000/mcp', { kind: 'http', status: 401 });
    const seen = await observe(scene);
    expect(seen.engineTrouble).toMatchObject({ code: 'docker-not-running' });
    const items = judgeStatus(seen).items;
    const found = (id: string) => items.find((item) => item.id === id)?.found;
    expect(found('route-echo')).toContain('Docker cannot be asked for its address');
    expect(found('route-wiki')).toContain('HTTP 401');
    expect(found('certificate')).toContain('days left');
    expect(found('token')).toContain(tokenOf().fingerprint);
  });

  test('an empty directory', async () => {
    await using scene = await StatusScene.make();
    await rm(scene.dir, { recursive: true });
    await mkdir(scene.dir);
    const judged = judgeStatus(await observe(scene));
    expect(judged.state).toBe('unhealthy');
    expect(judged.due.map(({ item }) => item)).toEqual(['routes', 'certificate', 'ca', 'token']);
  });

  test('every file damaged', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const { deployment } = scene.host;
    for (const path of Object.values(deployment)
      .flat()
      .filter((each) => /\.\w+$/u.test(each)))
      await writeFile(path, '"\u0000: [').catch(() => undefined);
    const seen = await observe(scene);
    expect(judgeStatus(seen).due.map(({ item }) => item)).toEqual(
      expect.arrayContaining(['routes', 'certificate', 'ca']),
    );
  });

  test('a run that was cut off, and one that is going on', async () => {
    await using scene = await StatusScene.make();
    const { journal } = scene.host.deployment;
    const at = '2026-11-24T09:00:00Z';
    const line = (entry: object) => `${JSON.stringify({ at, run: 'r', ...entry })}\n`;
    await appendFile(journal, line({ type: 'run.started', flow: 'rotate-token' }));
    await appendFile(journal, line({ type: 'step.started', step: 'bridge' }));
    expect((await observe(scene)).unfinished).toEqual({ flow: 'rotate-token', at, step: 'bridge' });
    const locks = {
      ...scene.ports.locks,
      holder: async () => ({ pid: 77, purpose: 'rotate-token', since: at }),
    };
    expect((await observe(scene, { locks })).working).toEqual({ pid: 77, purpose: 'rotate-token' });
  });

  test('a second pair: its files, its containers', async () => {
    await using scene = await StatusScene.make();
    await scene.start();
    const place = join(scene.dir, '.mcp-tunnel/bridge');
    await mkdir(place);
    scene.host.engine.add('mcp-proxy', {
      ...{ id: 'b', project: 'mcp-tunnel-bridge', workingDir: place },
    });
    const seen = await observe(scene);
    expect(seen.bridge).toEqual({ onDisk: true, containers: 1 });
    expect(seen.containers).toHaveLength(3);
  });
});

test('whether Docker starts at boot is known only of the usual engine, and never in a rehearsal', async () => {
  await using scene = await StatusScene.make();
  await scene.start();
  const files = {
    ...systemFiles,
    stat: (path: string) => systemFiles.stat(path.startsWith('/etc/systemd/') ? scene.dir : path),
  };
  expect((await observe(scene, { files })).engineAtBoot).toBe(true);
  const rehearsed = new StatusObserver({ ...scene.ports, files }, scene.dir, {
    ...{ self: ['mcp-tunnel', 'rehearse'], rehearsal: true },
  });
  expect((await rehearsed.observe(signal)).engineAtBoot).toBeUndefined();
});
