import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { services } from '../../src/domain/deployment.ts';
import { parsed, problem } from '../../src/domain/result.ts';
import { isSettling, judgeStatus } from '../../src/domain/status.ts';
import type { ObservedContainer, StatusObservation } from '../../src/domain/status-observation.ts';
import {
  caSeen,
  certificateSeen,
  containerSeen,
  inDays,
  routeSeen,
  seenAt,
  statusSeen,
} from '../fakes/sample-status.ts';

const dead = {
  code: 'docker-not-running',
  summary: 'Docker does not run.',
  nextSteps: ['sudo systemctl start docker'],
} as const;

function withContainer(service: string, change: Partial<ObservedContainer>) {
  return {
    containers: statusSeen().containers.map((each) =>
      each.service === service ? { ...each, ...change } : each,
    ),
  };
}

const ago = (seconds: number) => new Date(seenAt.getTime() - seconds * 1000);
const unanswered = parsed({
  status: 'warn',
  found: 'nothing listens',
  expected: 'an MCP server',
  fix: 'start it',
} as const);

describe('a deployment that is as it should be', () => {
  const judged = judgeStatus(statusSeen());

  test('is healthy, every item passes, nothing is due', () => {
    expect(judged.items.filter(({ status }) => status !== 'pass')).toEqual([]);
    expect(judged).toMatchObject({ state: 'healthy', healthy: true, due: [] });
    expect(judged.summary).toBe(
      'Healthy: 4 connections (fra08 2, ams01 1, ams04 1), 1 of 1 routes answer from here, certificate until 2027-02-12.',
    );
  });

  test('says what of it: found texts that a person can use', () => {
    const found = Object.fromEntries(judged.items.map(({ id, found: text }) => [id, text]));
    expect(found).toEqual({
      'container-mcp-proxy': 'running since 2026-11-24 10:00 UTC, no restarts',
      'container-cloudflared': 'running (health: healthy) since 2026-11-24 10:00 UTC, no restarts',
      'container-hello-mcp': 'running since 2026-11-24 10:00 UTC, no restarts',
      stranded: 'cloudflared is in the network of the proxy',
      connections: '4 of 4: fra08 2, ams01 1, ams04 1 (cloudflared’s log)',
      'route-echo': 'http://hello-mcp:9000: MCP server hello (asked from this host)',
      'files-in-use': 'the containers run with the files on disk',
      certificate: 'until 2027-02-12, 80 days left; to be replaced from 2027-01-13 on',
      'certificate-served': 'seen by the TLS handshake of this host',
      ca: 'until 2036-11-11, 3640 days left; to be replaced from 2036-05-15 on; registered',
      token:
        'tunnel 0ab493ae-1e19-4c34-8486-288c07aa34a4, fingerprint d49d1dfaf453, credentials/tunnel-token written 2026-11-24',
      'image-mcp-proxy': 'mcp-proxy@sha256:efb27b299d62, the newest known',
      'image-cloudflared': 'cloudflared@sha256:6b599ca3e974, the newest known',
      'image-hello-mcp': 'python:3.13-slim (sha256:abababababab)',
      reboot:
        'the containers come back with Docker; Docker starts at boot; cloudflared may then need a restart',
      unfinished: 'none unfinished',
      bridge: 'none',
    });
  });
});

interface Case {
  readonly what: string;
  readonly change: Partial<StatusObservation>;
  readonly item: string;
  readonly status: string;
  readonly found: string | RegExp;
  readonly fix?: string | RegExp;
  readonly state: string;
  /** What of `due` is about this item. */
  readonly due?: string;
}

const here = 'cd /srv/mcp-tunnel && docker compose';

const cases: readonly Case[] = [
  {
    what: 'the proxy has ended',
    change: withContainer('mcp-proxy', { state: 'exited', exitCode: 1 }),
    ...{ item: 'container-mcp-proxy', status: 'fail', state: 'unhealthy' },
    found: 'exited, exit code 1, no restarts',
    fix: `${here} up -d; if it ends again: docker logs --tail 50 mcp-tunnel-mcp-proxy-1`,
  },
  {
    what: 'a container ends again and again',
    change: withContainer('cloudflared', { state: 'restarting', exitCode: 255, restarts: 9 }),
    ...{ item: 'container-cloudflared', status: 'fail', state: 'unhealthy' },
    found: 'ends again and again: exit code 255, 9 restarts',
    fix: 'docker logs --tail 50 mcp-tunnel-cloudflared-1',
  },
  {
    what: 'a container that was restarted a moment ago, not for the first time',
    change: withContainer('hello-mcp', { restarts: 3, startedAt: ago(20) }),
    ...{ item: 'container-hello-mcp', status: 'warn', state: 'healthy' },
    found: /3 restarts; it may end again and again$/u,
  },
  {
    what: 'restarts of long ago are no fault',
    change: withContainer('hello-mcp', { restarts: 3 }),
    ...{ item: 'container-hello-mcp', status: 'pass', state: 'healthy' },
    found: 'running since 2026-11-24 10:00 UTC, 3 restarts',
  },
  {
    what: 'an unhealthy container',
    change: withContainer('cloudflared', { health: 'unhealthy' }),
    ...{ item: 'container-cloudflared', status: 'fail', state: 'unhealthy' },
    found: 'running (health: unhealthy) since 2026-11-24 10:00 UTC, no restarts',
  },
  {
    what: 'a paused container',
    change: withContainer('mcp-proxy', { state: 'paused' }),
    ...{ item: 'container-mcp-proxy', status: 'fail', state: 'unhealthy' },
    found: 'paused',
    fix: `${here} unpause mcp-proxy`,
  },
  {
    what: 'no container of a service',
    change: { containers: [containerSeen('mcp-proxy'), containerSeen('cloudflared')] },
    ...{ item: 'container-hello-mcp', status: 'fail', state: 'unhealthy' },
    found: 'no container',
    fix: `${here} up -d`,
  },
  {
    what: 'a service of their own that has done its work',
    change: {
      services: parsed([{ name: 'migrate', image: undefined }]),
      containers: [
        ...statusSeen().containers,
        containerSeen('migrate', { state: 'exited', restartPolicy: 'no' }),
      ],
    },
    ...{ item: 'container-migrate', status: 'pass', state: 'healthy' },
    found: 'exited, exit code 0, no restarts',
  },
  {
    what: 'a container that the file no longer has',
    change: { containers: [...statusSeen().containers, containerSeen('old')] },
    ...{ item: 'container-old', status: 'warn', state: 'healthy' },
    found: 'running, but no longer in docker-compose.yaml',
    fix: `${here} up -d --remove-orphans`,
  },
  {
    what: 'the proxy was started after cloudflared',
    change: withContainer('mcp-proxy', { startedAt: ago(60) }),
    ...{ item: 'stranded', status: 'fail', state: 'unhealthy' },
    found: /^cloudflared is stranded/u,
    fix: `${here} restart cloudflared`,
  },
  {
    what: 'what a stranded cloudflared says of its connections is worth nothing',
    change: withContainer('mcp-proxy', { startedAt: ago(60) }),
    ...{ item: 'connections', status: 'skip', state: 'unhealthy' },
    found:
      'not known: the log says 4 of 4: fra08 2, ams01 1, ams04 1, but in a network that is gone',
  },
  {
    what: 'the configuration changed after the proxy’s start',
    change: { inputs: { ...statusSeen().inputs, proxyConfig: ago(60) } },
    ...{ item: 'files-in-use-mcp-proxy', status: 'warn', state: 'due' },
    found: 'mcp-proxy runs with old files: its config changed after it started',
    fix: `${here} restart mcp-proxy && docker compose restart cloudflared`,
    due: 'restart mcp-proxy: its config changed after it started',
  },
  {
    what: 'the token changed after cloudflared’s start',
    change: { inputs: { ...statusSeen().inputs, token: ago(60) } },
    ...{ item: 'files-in-use-cloudflared', status: 'warn', state: 'due' },
    found: 'cloudflared runs with old files: the token changed after it started',
    fix: `${here} restart cloudflared`,
    due: 'restart cloudflared: the token changed after it started',
  },
  {
    what: 'three of four connections',
    change: { connections: { from: 'log', locations: ['fra08', undefined, 'fra08'] } },
    ...{ item: 'connections', status: 'warn', state: 'healthy' },
    found: '3 of 4: fra08 2, unnamed 1 (cloudflared’s log)',
  },
  {
    what: 'no connection, and the log says why',
    change: {
      ...withContainer('cloudflared', { health: 'unhealthy' }),
      connections: {
        ...{ from: 'log', locations: [] },
        trouble: { cause: 'The edge refuses the token.', fix: 'Give it again.' },
      },
    },
    ...{ item: 'connections', status: 'fail', state: 'unhealthy' },
    found: 'none: The edge refuses the token.',
    fix: 'Give it again.',
  },
  {
    what: 'a log without its first lines: the health check speaks',
    change: { connections: { from: 'health', locations: ['fra08'], why: 'the lines are gone' } },
    ...{ item: 'connections', status: 'pass', state: 'healthy' },
    found:
      'connected, says cloudflared’s own health check (the lines are gone); its log names 1: fra08 1',
  },
  {
    what: 'neither log nor health check',
    change: { connections: { from: 'nothing', locations: [], why: 'no log' } },
    ...{ item: 'connections', status: 'skip', state: 'healthy' },
    found: 'not known (no log)',
  },
  {
    what: 'a server of the stack that does not answer',
    change: { routes: parsed([routeSeen({ probe: unanswered })]) },
    ...{ item: 'route-echo', status: 'fail', state: 'unhealthy' },
    found: 'http://hello-mcp:9000: nothing listens (asked from this host)',
    fix: `${here} logs --tail 50 hello-mcp`,
  },
  {
    what: 'a server of the stack that was started a minute ago',
    change: {
      ...withContainer('hello-mcp', { startedAt: ago(60) }),
      routes: parsed([routeSeen({ probe: unanswered })]),
    },
    ...{ item: 'route-echo', status: 'warn', state: 'healthy' },
    found: /it may still be starting$/u,
  },
  {
    what: 'an upstream elsewhere that does not answer this host',
    change: { routes: parsed([routeSeen({ service: undefined, probe: unanswered })]) },
    ...{ item: 'route-echo', status: 'warn', state: 'healthy' },
    found: /\(asked from this host\)$/u,
    fix: 'start it',
  },
  {
    what: 'an upstream that was not asked',
    change: { routes: parsed([routeSeen({ probe: problem('its container does not run') })]) },
    ...{ item: 'route-echo', status: 'skip', state: 'healthy' },
    found: 'http://hello-mcp:9000: its container does not run',
  },
  {
    what: 'a configuration that cannot be read',
    change: { routes: problem('config/mcp-proxy.yaml, line 3: not valid YAML') },
    ...{ item: 'routes', status: 'warn', state: 'due' },
    found: 'config/mcp-proxy.yaml, line 3: not valid YAML',
    due: 'config/mcp-proxy.yaml, line 3: not valid YAML',
  },
  {
    what: 'a certificate with less than 30 days',
    change: { certificate: certificateSeen({ notAfter: inDays(4.5) }) },
    ...{ item: 'certificate', status: 'warn', state: 'due' },
    found: 'until 2026-11-29, 4 days left',
    fix: 'mcp-tunnel renew-cert --dir /srv/mcp-tunnel',
    due: 'renew the server certificate',
  },
  {
    what: 'an expired certificate',
    change: { certificate: certificateSeen({ notAfter: inDays(-1) }) },
    ...{ item: 'certificate', status: 'fail', state: 'unhealthy' },
    found: 'expired on 2026-11-23',
    due: 'renew the server certificate',
  },
  {
    what: 'a certificate from the future',
    change: { certificate: certificateSeen({ notBefore: inDays(1) }) },
    ...{ item: 'certificate', status: 'fail', state: 'unhealthy' },
    found: 'not valid before 2026-11-25: is this host’s clock right?',
    due: 'renew the server certificate',
  },
  {
    what: 'a certificate that covers other names',
    change: { certificate: certificateSeen({ dnsNames: ['other.example.com'] }) },
    ...{ item: 'certificate', status: 'fail', state: 'unhealthy' },
    found: 'the tunnel refuses it: other.example.com',
    due: 'certificate: other.example.com',
  },
  {
    what: 'a certificate that another CA signed',
    change: { certificate: certificateSeen({}, { signedByCa: false }) },
    ...{ item: 'certificate', status: 'fail', state: 'unhealthy' },
    found: /^the tunnel refuses it/u,
    due: 'certificate: the CA’s name, but not its signature',
  },
  {
    what: 'a certificate file that is damaged',
    change: { certificate: problem('data/tls.crt holds no certificate.') },
    ...{ item: 'certificate', status: 'warn', state: 'due' },
    found: 'data/tls.crt holds no certificate.',
    due: 'certificate: data/tls.crt holds no certificate.',
  },
  {
    what: 'the vendor’s side has refused the certificate',
    change: {
      calls: { refusal: { id: 'server-certificate-refused', cause: 'Refused.', fix: 'Look.' } },
    },
    ...{ item: 'certificate', status: 'fail', state: 'unhealthy', found: 'Refused.', fix: 'Look.' },
    due: 'mend the certificate',
  },
  {
    what: 'the proxy serves another certificate',
    change: { served: parsed({ fingerprint: '01'.repeat(32), by: 'TLS handshake of this host' }) },
    ...{ item: 'certificate-served', status: 'warn', state: 'due' },
    found: /^the proxy serves another one, seen by the TLS handshake of this host: 0101/u,
    due: 'let the proxy take the certificate on disk',
  },
  {
    what: 'nobody can look at what is served, but the proxy was started later',
    change: { served: undefined },
    ...{ item: 'certificate-served', status: 'pass', state: 'healthy' },
    found: 'seen: the proxy has loaded it at its start',
  },
  {
    what: 'the proxy’s log says that it read the certificate again',
    change: {
      ...{ served: problem('no handshake'), calls: { reloaded: ago(10) } },
      certificate: certificateSeen({}, { changedAt: ago(20) }),
    },
    ...{ item: 'certificate-served', status: 'pass', state: 'healthy' },
    found: 'seen: the proxy’s log says that it was read again',
  },
  {
    what: 'a certificate that came after the proxy’s start, unseen',
    change: { served: undefined, certificate: certificateSeen({}, { changedAt: ago(20) }) },
    ...{ item: 'certificate-served', status: 'skip', state: 'healthy' },
    found: /^unseen: the file changed on 2026-11-24, after the proxy’s start/u,
    fix: `To be sure: ${here} restart mcp-proxy && docker compose restart cloudflared`,
  },
  {
    what: 'a CA with less than 180 days',
    change: { ca: caSeen({ notAfter: inDays(100) }) },
    ...{ item: 'ca', status: 'warn', state: 'due' },
    found: 'until 2027-03-04, 100 days left; registered',
    fix: 'mcp-tunnel rotate-ca --dir /srv/mcp-tunnel',
    due: 'replace the CA',
  },
  {
    what: 'an expired CA',
    change: { ca: caSeen({ notAfter: inDays(-1) }) },
    ...{ item: 'ca', status: 'fail', state: 'unhealthy', found: 'expired on 2026-11-23' },
    due: 'replace the CA',
  },
  {
    what: 'a CA that is not known to be registered',
    change: { ca: caSeen({}, false) },
    ...{ item: 'ca', status: 'warn', state: 'due' },
    found: /not known to be registered$/u,
    fix: `Console > Manage > MCP tunnels > the tunnel > Certificates > Add certificate: data/ca.crt. Then: mcp-tunnel install --dir /srv/mcp-tunnel --ca-registered ${'ca'.repeat(32)}`,
    due: 'register the CA in the Console',
  },
  {
    what: 'a CA that nobody said is registered, but a call came through',
    change: { ca: caSeen({}, false), calls: { lastCall: ago(5) } },
    ...{ item: 'ca', status: 'pass', state: 'healthy' },
    found: /registered, since calls come through$/u,
  },
  {
    what: 'callers do not know the CA',
    change: { calls: { refusal: { id: 'ca-not-registered', cause: 'Unknown CA.', fix: 'Add.' } } },
    ...{ item: 'ca', status: 'fail', state: 'unhealthy', found: 'Unknown CA.', fix: 'Add.' },
    due: 'register the CA',
  },
  {
    what: 'no token',
    change: { token: undefined },
    ...{ item: 'token', status: 'warn', state: 'due' },
    found: 'there is none in credentials/tunnel-token or .env',
    due: 'give the token',
  },
  {
    what: 'a token that this user cannot read',
    change: { token: { in: 'file', changedAt: ago(0), content: undefined } },
    ...{ item: 'token', status: 'skip', state: 'healthy' },
    found:
      'tunnel 0ab493ae-1e19-4c34-8486-288c07aa34a4, says cloudflared’s log; credentials/tunnel-token written 2026-11-24; this user cannot read it',
  },
  {
    what: 'a token that is none',
    change: { token: { in: 'env', changedAt: ago(0), content: problem('It is cut off.') } },
    ...{ item: 'token', status: 'warn', state: 'due', found: '.env: It is cut off.' },
    due: 'give the token again',
  },
  {
    what: 'another image than the file names',
    change: withContainer('mcp-proxy', { image: `mirror/mcp-proxy@sha256:${'cd'.repeat(32)}` }),
    ...{ item: 'image-mcp-proxy', status: 'warn', state: 'due' },
    found:
      'runs mcp-proxy@sha256:cdcdcdcdcdcd; docker-compose.yaml names mcp-proxy@sha256:efb27b299d62',
    fix: `${here} up -d`,
    due: 'start mcp-proxy from the image that docker-compose.yaml names',
  },
  {
    what: 'another image than the newest known, as the file wants it',
    change: {
      services: parsed([]),
      ...withContainer('cloudflared', { image: `cloudflared@sha256:${'cd'.repeat(32)}` }),
    },
    ...{ item: 'image-cloudflared', status: 'warn', state: 'healthy' },
    found: 'runs sha256:cdcdcdcdcdcd; the newest known to this mcp-tunnel is sha256:6b599ca3e974',
    fix: /^If it is not meant to stay: mcp-tunnel install --dir \/srv\/mcp-tunnel --image cloudflared=/u,
  },
  {
    what: 'the same image from a mirror is the same image',
    change: {
      services: parsed([]),
      ...withContainer('cloudflared', {
        image:
          'mirror.example.com/cf@sha256:6b599ca3e974349ead3286d178da61d291961182ec3fe9c505e1dd02c8ac31b0',
      }),
    },
    ...{ item: 'image-cloudflared', status: 'pass', state: 'healthy' },
    found: 'cf@sha256:6b599ca3e974, the newest known',
  },
  {
    what: 'a container that does not come back after a reboot',
    change: withContainer('cloudflared', { restartPolicy: 'no' }),
    ...{ item: 'reboot', status: 'warn', state: 'healthy' },
    found: 'cloudflared (no) may not come back; Docker starts at boot',
  },
  {
    what: 'a Docker that may not start at boot',
    change: { engineAtBoot: undefined },
    ...{ item: 'reboot', status: 'pass', state: 'healthy' },
    found: /not known whether Docker starts at boot \(systemctl is-enabled docker\)/u,
  },
  {
    what: 'a run that was cut off',
    change: { unfinished: { flow: 'rotate-token', at: '2026-11-24T09:30:00Z', step: 'bridge' } },
    ...{ item: 'unfinished', status: 'warn', state: 'due' },
    found: 'rotate-token, begun 2026-11-24 09:30 UTC, was cut off at the step bridge',
    fix: /^mcp-tunnel rotate-token --dir \/srv\/mcp-tunnel/u,
    due: 'finish rotate-token',
  },
  {
    what: 'a run that is going on',
    change: {
      unfinished: { flow: 'rotate-token', at: '2026-11-24T09:30:00Z', step: 'bridge' },
      working: { purpose: 'rotate-token', pid: 77 },
      bridge: { onDisk: true, containers: 2 },
    },
    ...{ item: 'unfinished', status: 'pass', state: 'healthy' },
    found: 'rotate-token is at work right now (process 77)',
  },
  {
    what: 'a second pair that was left behind',
    change: { bridge: { onDisk: true, containers: 2 } },
    ...{ item: 'bridge', status: 'warn', state: 'due' },
    found:
      'there is one: 2 containers, its files are in .mcp-tunnel/bridge; left by a run that was cut off',
    fix: /^mcp-tunnel rotate-token --dir \/srv\/mcp-tunnel/u,
    due: 'finish or remove the second pair',
  },
  {
    what: 'Docker that does not run: the containers are not judged',
    change: { engineTrouble: dead, containers: [] },
    ...{ item: 'containers', status: 'skip', state: 'unknown' },
    found: 'not known: Docker does not run.',
    fix: 'sudo systemctl start docker',
  },
  {
    what: 'Docker that does not run: files are judged all the same',
    change: {
      ...{ engineTrouble: dead, containers: [] },
      certificate: certificateSeen({ notAfter: inDays(3) }),
    },
    ...{ item: 'certificate', status: 'warn', state: 'unknown' },
    found: 'until 2026-11-27, 3 days left',
    due: 'renew the server certificate',
  },
];

describe('judgeStatus', () => {
  test.each(cases)('$what', ({ change, item, status, found, fix, state, due }) => {
    const judged = judgeStatus(statusSeen(change));
    const one = judged.items.find(({ id }) => id === item);
    expect(one?.status).toBe(status);
    if (typeof found === 'string') expect(one?.found).toBe(found);
    else expect(one?.found).toMatch(found);
    if (typeof fix === 'string') expect(one?.fix).toBe(fix);
    if (fix instanceof RegExp) expect(one?.fix).toMatch(fix);
    expect(judged.due.find((each) => each.item === item)?.what).toBe(due);
    expect(judged.state).toBe(state);
    expect(judged.healthy).toBe(state === 'healthy' || state === 'due');
  });

  test('the worst comes first, and the summary names it', () => {
    const { items, summary } = judgeStatus(
      statusSeen({
        ...withContainer('mcp-proxy', { state: 'exited', exitCode: 1 }),
        certificate: certificateSeen({ notAfter: inDays(2) }),
        ca: caSeen({ notAfter: inDays(-2) }),
      }),
    );
    const ranks = items.map(({ status }) => ['fail', 'warn', 'skip', 'pass'].indexOf(status));
    expect(ranks).toEqual(ranks.toSorted());
    expect(summary).toBe('Not healthy. mcp-proxy: exited, exit code 1, no restarts; and 1 more');
  });

  test('a thing that is due has its day and its command', () => {
    const notAfter = inDays(3);
    const { due, summary } = judgeStatus(
      statusSeen({ certificate: certificateSeen({ notAfter }) }),
    );
    expect(due).toEqual([
      {
        item: 'certificate',
        what: 'renew the server certificate',
        at: notAfter,
        fix: 'mcp-tunnel renew-cert --dir /srv/mcp-tunnel',
      },
    ]);
    expect(summary).toBe('It works; to do: renew the server certificate');
  });

  test('commands survive a shell, and rehearsals are told apart', () => {
    const { items } = judgeStatus(
      statusSeen({
        dir: "/srv/it's here",
        self: ['npm', 'start', '--', 'rehearse'],
        token: undefined,
        containers: [],
      }),
    );
    const fixes = items.map(({ fix }) => fix);
    expect(fixes).toContain("cd '/srv/it'\\''s here' && docker compose up -d");
    expect(fixes).toContain(
      "npm start -- rehearse install --dir '/srv/it'\\''s here' --token-file FILE",
    );
  });
});

/** Whatever may be missing, damaged or strange, in any mixture. */
const strange = new Date(Number.NaN);
const observations: fc.Arbitrary<StatusObservation> = fc
  .record(
    {
      at: fc.constantFrom(seenAt, strange),
      project: fc.constant(undefined),
      engineTrouble: fc.constant({ ...dead, nextSteps: [] }),
      services: fc.constantFrom(problem('unreadable'), parsed([])),
      containers: fc.array(
        fc.record({
          service: fc.constantFrom(...Object.values(services), 'other'),
          name: fc.string(),
          state: fc.constantFrom('running', 'exited', 'created', 'dead', 'restarting', 'paused'),
          health: fc.constantFrom('none', 'starting', 'healthy', 'unhealthy', 'odd'),
          restarts: fc.nat(),
          exitCode: fc.nat(),
          startedAt: fc.constantFrom(undefined, seenAt, strange),
          image: fc.string(),
          digests: fc.array(fc.string()),
          restartPolicy: fc.constantFrom('no', 'always', 'unless-stopped', 'on-failure'),
        }),
        { maxLength: 6 },
      ),
      connections: fc.record({
        from: fc.constantFrom('log', 'health', 'nothing'),
        locations: fc.array(fc.option(fc.string(), { nil: undefined })),
      }),
      calls: fc.constantFrom(
        { lastCall: strange, reloaded: strange },
        { refusal: { id: 'ca-not-registered', cause: '', fix: '' } },
      ),
      inputs: fc.constantFrom(
        { proxyConfig: undefined, token: undefined, sampleServer: undefined },
        { proxyConfig: strange, token: strange, sampleServer: strange },
      ),
      domain: fc.constantFrom(undefined, ''),
      routes: fc.constantFrom(
        problem('none'),
        parsed([]),
        parsed([routeSeen({ name: '', probe: problem('') })]),
      ),
      certificate: fc.constantFrom(
        undefined,
        problem('unreadable'),
        certificateSeen({ notAfter: strange, notBefore: strange, dnsNames: [] }),
      ),
      served: fc.constantFrom(undefined, problem('refused')),
      ca: fc.constantFrom(undefined, problem('unreadable'), caSeen({ notAfter: strange }, false)),
      token: fc.constantFrom(undefined, {
        in: 'env' as const,
        changedAt: strange,
        content: undefined,
      }),
      runningTunnel: fc.constant(undefined),
      engineAtBoot: fc.constant(undefined),
      unfinished: fc.constant({ flow: '', at: 'never', step: undefined }),
      hosts: fc.constantFrom(
        problem('unreadable'),
        parsed({ names: ['vm-2'], rotatedTo: '0123456789ab', open: ['vm-2'] }),
      ),
      bridge: fc.constant({ onDisk: true, containers: 0 }),
    },
    { requiredKeys: [] },
  )
  // A key that is left out is absent, not undefined; fast-check's types cannot say so.
  .map((change) => statusSeen(change as Partial<StatusObservation>));

test('never throws, whatever is missing; without Docker no container is called bad', () => {
  fc.assert(
    fc.property(observations, (seen) => {
      const { items, state, healthy, due } = judgeStatus(seen);
      isSettling(seen);
      expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
      expect(items.every(({ found, expected }) => found !== '' || expected !== '')).toBe(true);
      expect(due.every(({ item }) => items.some(({ id }) => id === item))).toBe(true);
      expect(healthy).toBe(state === 'healthy' || state === 'due');
      if (seen.engineTrouble) {
        expect(state).toBe('unknown');
        expect(items.some(({ id }) => id.startsWith('container-'))).toBe(false);
      }
    }),
  );
});

describe('isSettling', () => {
  const young = { startedAt: ago(2) };
  const fresh = statusSeen().containers.map((each) => ({ ...each, ...young }));

  test('while a fresh cloudflared connects', () => {
    const connections = { from: 'log', locations: ['fra08'] } as const;
    expect(isSettling(statusSeen({ containers: fresh, connections }))).toBe(true);
    expect(isSettling(statusSeen({ connections }))).toBe(false);
  });

  test('not once it is connected, or an error is in its log', () => {
    expect(isSettling(statusSeen({ containers: fresh }))).toBe(false);
    const trouble = { cause: 'c', fix: 'f' };
    const connections = { from: 'log', locations: [], trouble } as const;
    expect(isSettling(statusSeen({ containers: fresh, connections }))).toBe(false);
  });

  test('while a fresh server of the stack does not answer yet', () => {
    const routes = parsed([routeSeen({ probe: unanswered })]);
    expect(isSettling(statusSeen({ containers: fresh, routes }))).toBe(true);
    expect(isSettling(statusSeen({ routes }))).toBe(false);
    const elsewhere = parsed([routeSeen({ service: undefined, probe: unanswered })]);
    expect(isSettling(statusSeen({ containers: fresh, routes: elsewhere }))).toBe(false);
  });

  test('not for a stranded cloudflared: time does not mend that', () => {
    const containers = statusSeen().containers.map((each) =>
      each.service === 'mcp-proxy' ? { ...each, ...young } : each,
    );
    const routes = parsed([routeSeen({ probe: unanswered })]);
    expect(isSettling(statusSeen({ containers, routes }))).toBe(false);
  });
});
