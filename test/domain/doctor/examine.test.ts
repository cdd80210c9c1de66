import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CheckResult } from '../../../src/domain/check.ts';
import type { DoctorObservation } from '../../../src/domain/doctor/doctor-observation.ts';
import { examine } from '../../../src/domain/doctor/examine.ts';
import { parsed, problem } from '../../../src/domain/result.ts';
import { checksOf, doctorSeen, logOf, pathsWith, setupOf } from '../../fakes/sample-doctor.ts';
import { containerSeen, statusSeen } from '../../fakes/sample-status.ts';

function troubleOf(seen: DoctorObservation): readonly string[] {
  return [...checksOf(seen).values()]
    .filter(({ status }) => status !== 'pass')
    .map(({ id, status }) => `${status} ${id}`);
}

const dead: CheckResult = {
  id: 'docker-reachable',
  title: 'Docker Engine',
  status: 'fail',
  found: 'Docker does not run.',
  expected: 'a Docker Engine',
  fix: 'sudo systemctl start docker\nOr start it by hand.',
};

describe('a deployment that is as it should be', () => {
  const examined = examine(doctorSeen());

  test('passes everything, in the vendor’s order of layers', () => {
    expect(troubleOf(doctorSeen())).toEqual([]);
    expect(examined.layers.map(({ id }) => id)).toEqual([
      ...['host', 'outbound', 'inner-tls', 'routing'],
    ]);
    expect(examined.conclusion).toEqual({
      summary: 'No check failed.',
      layers: examined.layers.map(({ id, title }) => ({ id, title, status: 'pass' })),
      ...{ failed: 0, warned: 0 },
    });
  });

  test('every check has its own id, and says what it expected', () => {
    const checks = examined.layers.flatMap((layer) => layer.checks);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
    for (const { expected, found } of checks) expect(expected !== '' && found !== '').toBe(true);
  });

  test('has no field that only examining needs', () => {
    for (const check of checksOf(doctorSeen({ shell: ['TUNNEL_TOKEN'] })).values())
      expect(Object.keys(check)).not.toContain('command');
  });
});

describe('what comes of failures', () => {
  test('without Docker: the files are judged, what only Docker knows is skipped with the reason', () => {
    const seen = doctorSeen({
      prerequisites: [dead],
      composeAccepts: undefined,
      drift: problem('Docker cannot be asked'),
      files: pathsWith('data/tls.key', { mode: 0o644 }),
      setups: [],
      logs: new Map(),
      status: {
        engineTrouble: {
          code: 'docker-not-running',
          summary: 'Docker does not run.',
          nextSteps: [],
        },
        containers: [],
        connections: { from: 'nothing', locations: [] },
        served: undefined,
      },
    });
    const checks = checksOf(seen);
    expect(checks.get('tls-key-mode')).toMatchObject({ status: 'fail' });
    expect(checks.get('certificate')).toMatchObject({ status: 'pass' });
    for (const id of [
      'containers',
      'stranded',
      'network-mode',
      'connections',
      'certificate-served',
    ])
      expect(checks.get(id), id).toEqual({
        id,
        title: checks.get(id)?.title,
        expected: checks.get(id)?.expected,
        status: 'skip',
        found: 'not known: Docker Engine failed',
      });
    const { conclusion } = examine(seen);
    expect(conclusion).toMatchObject({
      first: { layer: 'host', check: 'docker-reachable' },
      next: 'sudo systemctl start docker',
      failed: 2,
    });
    expect(conclusion.summary).toBe(
      'First failing layer: This host and its containers. Docker Engine: Docker does not run. 1 more failed; they may follow from it.',
    );
  });

  test('names that do not resolve: the ports are not judged', () => {
    const of = (id: string): CheckResult => ({ ...dead, id, title: id, found: 'ENOTFOUND' });
    const seen = doctorSeen({ prerequisites: ['edge-dns', 'edge-tcp', 'edge-udp'].map(of) });
    expect(troubleOf(seen)).toEqual(['fail edge-dns', 'skip edge-tcp', 'skip edge-udp']);
    expect(examine(seen).conclusion.first).toEqual({ layer: 'outbound', check: 'edge-dns' });
  });

  test('a cloudflared that is not connected is no fault of the host', () => {
    const containers = statusSeen().containers.map((each) =>
      each.service === 'cloudflared' ? { ...each, health: 'unhealthy' } : each,
    );
    const trouble = { cause: 'TCP 7844 is blocked.', fix: 'Open it.' };
    const seen = doctorSeen({
      status: { containers, connections: { from: 'log', locations: [], trouble } },
    });
    expect(troubleOf(seen)).toEqual(['warn container-cloudflared', 'fail connections']);
    expect(examine(seen).conclusion.summary).toBe(
      'First failing layer: Outbound connection. Connections: none: TCP 7844 is blocked.',
    );
  });

  test('a stranded cloudflared: connections are not believed, and the next command mends it', () => {
    const containers = statusSeen().containers.map((each) =>
      each.service === 'mcp-proxy'
        ? { ...each, startedAt: new Date('2026-11-24T11:00:00Z') }
        : each,
    );
    const { conclusion } = examine(doctorSeen({ status: { containers } }));
    expect(conclusion.first).toEqual({ layer: 'host', check: 'stranded' });
    expect(conclusion.next).toBe('cd /srv/mcp-tunnel && docker compose restart cloudflared');
    expect(checksOf(doctorSeen({ status: { containers } })).get('connections')?.found).toBe(
      'not known: Shared network failed',
    );
  });

  test('Compose v1 is typed in one word', () => {
    const containers = [containerSeen('cloudflared'), containerSeen('hello-mcp')];
    const seen = doctorSeen({ status: { containers } });
    expect(checksOf(seen, ['docker-compose']).get('container-mcp-proxy')?.fix).toBe(
      'cd /srv/mcp-tunnel && docker-compose up -d',
    );
    expect(examine(seen, ['docker-compose']).conclusion.next).toBe(
      'cd /srv/mcp-tunnel && docker-compose up -d',
    );
  });

  test('warnings alone fail nothing', () => {
    const { conclusion } = examine(doctorSeen({ shell: ['COMPOSE_FILE'] }));
    expect(conclusion).toMatchObject({ failed: 0, warned: 1 });
    expect(conclusion.summary).toBe('No check failed. 1 check deserves a look.');
    expect(conclusion.first).toBeUndefined();
  });
});

test('text of files that others wrote is harmless for a terminal', () => {
  const seen = doctorSeen({
    config: { ok: true, value: { ...okConfig(), routes: { 'x\u001b[2J': 'http://a:1/\u202e' } } },
    logs: new Map([
      ['cloudflared', logOf([{ id: 'token-rotated', last: '\u001b]0;title\u0007', at: 9 }])],
    ]),
  });
  expect(JSON.stringify(examine(seen))).not.toMatch(/\\u001b|\\u0007|\u202e/u);
});

function okConfig() {
  const { config } = doctorSeen();
  if (!config.ok) throw new Error(config.problem);
  return config.value;
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('mcp-proxy', 'cloudflared', ''),
);
const date = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.constant(new Date('2026-11-24T10:00:00Z')),
);

/** Observations of every kind and none: parts missing, doubled, and full of anything. */
const observations: fc.Arbitrary<DoctorObservation> = fc
  .record({
    containers: fc.array(
      fc.record({
        service: text,
        state: text,
        health: text,
        restarts: fc.integer(),
        exitCode: fc.integer(),
        startedAt: fc.option(date, { nil: undefined }),
        image: text,
      }),
    ),
    routes: fc.dictionary(text, text),
    allowedIps: fc.option(fc.array(text), { nil: undefined }),
    listenAddr: fc.option(text, { nil: undefined }),
    domain: fc.option(text, { nil: undefined }),
    addresses: fc.dictionary(text, fc.array(text)),
    modes: fc.array(
      fc.record({ path: text, mode: fc.integer(), uid: fc.integer(), gid: fc.integer() }),
    ),
    shell: fc.array(text),
    ids: fc.array(fc.record({ id: text, last: text, cause: text, fix: text, at: fc.integer() })),
    networkMode: text,
    user: text,
    tokens: fc.array(fc.record({ place: text, problem: text })),
    keyMatches: fc.option(fc.boolean(), { nil: undefined }),
    composeAccepts: fc.option(fc.boolean(), { nil: undefined }),
    prerequisites: fc.array(
      fc.record({ id: text, title: text, found: text, expected: text, fix: text }),
    ),
  })
  .map((drawn) => {
    const { config, files } = doctorSeen();
    return doctorSeen({
      status: {
        containers: drawn.containers.map((each) => ({ ...containerSeen('cloudflared'), ...each })),
        domain: drawn.domain,
        runningTunnel: drawn.domain,
      },
      config: config.ok
        ? parsed({
            ...config.value,
            routes: drawn.routes,
            allowedIps: drawn.allowedIps,
            listenAddr: drawn.listenAddr,
            domain: drawn.domain,
          })
        : config,
      addresses: new Map(Object.entries(drawn.addresses)),
      files: {
        ownersHold: drawn.keyMatches ?? false,
        paths: [
          ...files.paths,
          ...drawn.modes.map((each) => ({ kind: 'file' as const, size: 1, ...each })),
        ],
      },
      shell: drawn.shell,
      logs: new Map(['cloudflared', 'mcp-proxy', 'odd'].map((name) => [name, logOf(drawn.ids)])),
      setups: [
        setupOf('cloudflared', {
          networkMode: drawn.networkMode,
          user: drawn.user,
          variables: drawn.shell,
        }),
        setupOf('mcp-proxy', { user: drawn.user, mounts: [] }),
      ],
      tokens: drawn.tokens.map(({ place, problem: why }) => ({ place, token: problem(why) })),
      keyMatches: drawn.keyMatches,
      composeAccepts: drawn.composeAccepts ? parsed(true) : problem(drawn.networkMode),
      prerequisites: drawn.prerequisites.map((each) => ({ ...each, status: 'fail' as const })),
    });
  });

test('never throws on garbage, and every check keeps its shape', () => {
  fc.assert(
    fc.property(observations, (seen) => {
      const { layers, conclusion } = examine(seen);
      for (const check of layers.flatMap(({ checks }) => checks)) {
        expect(['pass', 'warn', 'fail', 'skip']).toContain(check.status);
        expect(typeof check.found).toBe('string');
      }
      const fails = layers
        .flatMap(({ checks }) => checks)
        .filter(({ status }) => status === 'fail');
      expect(conclusion.failed).toBe(fails.length);
      expect(conclusion.first?.check).toBe(fails[0]?.id);
    }),
    { numRuns: 300 },
  );
});
