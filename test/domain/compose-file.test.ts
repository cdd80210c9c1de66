import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  type ComposeWanted,
  planComposeFile,
  readLayout,
  supportedLayout,
} from '../../src/domain/compose-file.ts';
import { Failure } from '../../src/domain/failure.ts';
import { defaultImages } from '../../src/domain/images.ts';

const defaults: ComposeWanted = {
  images: defaultImages,
  sampleServer: true,
  tokenIn: 'file',
  selinux: false,
  toolVersion: '0.1.0',
};
const wanted = (changes: Partial<ComposeWanted> = {}): ComposeWanted => ({
  ...defaults,
  ...changes,
});
const fresh = (changes: Partial<ComposeWanted> = {}) =>
  planComposeFile(undefined, wanted(changes)).text;
const variants = [true, false].flatMap((sampleServer) =>
  (['file', 'env'] as const).flatMap((tokenIn) =>
    [true, false].map((selinux) => ({ sampleServer, tokenIn, selinux })),
  ),
);

function failureOf(action: () => unknown): Failure {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** As the guide has it (facts 4.6), made by hand, with additions of the operator's own. */
const guide = `# my tunnel
services:
  mcp-proxy:
    image: us-docker.pkg.dev/anthropic-public-registry/images/mcp-proxy@sha256:9d4c80593b559fc3ca3814866418744fa94858b02a4d4a4cc52d423e732ccc81
    volumes:
    - ./config/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro   # routes
    - ./data:/data:ro
    - ./extra:/extra:ro
    restart: unless-stopped
    labels: { team: "platform" }

  cloudflared:
    image: cloudflare/cloudflared@sha256:6b599ca3e974349ead3286d178da61d291961182ec3fe9c505e1dd02c8ac31b0
    command: tunnel --no-autoupdate run --url http://localhost:8080
    environment:
    # from the shell
    - TUNNEL_TOKEN
    network_mode: "service:mcp-proxy"

  # mine
  wiki:
    image: wiki:1
`;

/** What facts 4.6 and design 5 ask of each service, judged apart from the code that writes it. */
function expectHardened(service: Record<string, unknown>): void {
  expect(service).toMatchObject({
    user: '65532:65532',
    read_only: true,
    cap_drop: expect.arrayContaining(['ALL']),
    security_opt: expect.arrayContaining(['no-new-privileges:true']),
    restart: 'unless-stopped',
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
  });
  expect(service).not.toHaveProperty('ports');
  expect(service).not.toHaveProperty('privileged');
  expect(service).not.toHaveProperty('cap_add');
}

describe('a new compose file', () => {
  test('with defaults', () => {
    const { services, ...rest } = parse(fresh());
    expect(rest).toEqual({ 'x-mcp-tunnel': { layout: 1 } });
    expect(Object.keys(services)).toEqual(['mcp-proxy', 'cloudflared', 'hello-mcp']);
    for (const service of Object.values(services)) expectHardened(Object(service));
    expect(services['mcp-proxy']).toMatchObject({
      image: defaultImages.proxy,
      volumes: ['./config/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro', './data:/data:ro'],
      stop_grace_period: '30s',
    });
    expect(services.cloudflared).toMatchObject({
      image: defaultImages.cloudflared,
      command: 'tunnel --no-autoupdate run --url http://localhost:8080',
      environment: [
        'TUNNEL_TOKEN_FILE=/credentials/tunnel-token',
        'TUNNEL_METRICS=localhost:20241',
      ],
      volumes: ['./credentials:/credentials:ro'],
      network_mode: 'service:mcp-proxy',
      depends_on: ['mcp-proxy'],
      stop_grace_period: '40s',
      healthcheck: {
        test: ['CMD', 'cloudflared', 'tunnel', '--metrics', 'localhost:20241', 'ready'],
      },
    });
    expect(services['hello-mcp']).toMatchObject({
      image: 'python:3.13-slim',
      command: [
        'sh',
        '-c',
        "pip install --quiet --no-cache-dir --disable-pip-version-check --user 'mcp<2' && exec python /app/hello_server.py",
      ],
      environment: ['HOME=/tmp'],
      volumes: ['./hello_server.py:/app/hello_server.py:ro'],
      tmpfs: ['/tmp:exec,mode=1777,size=256m'],
    });
  });

  test('with the token in the environment, cloudflared has no credentials mount', () => {
    const text = fresh({ tokenIn: 'env' });
    const { cloudflared } = parse(text).services;
    expect(cloudflared.environment).toEqual(['TUNNEL_TOKEN', 'TUNNEL_METRICS=localhost:20241']);
    expect(cloudflared).not.toHaveProperty('volumes');
    expect(text).not.toContain('credentials/');
    expect(text).toContain('docker compose up -d cloudflared');
  });

  test('with SELinux, every bind mount is labelled', () => {
    const { services } = parse(fresh({ selinux: true }));
    const mounts = Object.values(services).flatMap((service) => Object(service).volumes);
    expect(mounts).toHaveLength(4);
    for (const mount of mounts) expect(mount).toMatch(/:ro,z$/);
  });

  test('without the sample server it is not mentioned', () => {
    expect(fresh({ sampleServer: false })).not.toMatch(/hello|python|pip/);
  });

  test.each(variants)(
    '%o holds no template marks, and stays as it is when planned again',
    (variant) => {
      const text = fresh(variant);
      expect(text).not.toMatch(/__|#\[/);
      expect(text.split('\n')[0]).toContain('Written by mcp-tunnel 0.1.0');
      expect(planComposeFile(text, wanted(variant))).toEqual({
        text,
        notes: [],
        literalTokens: [],
      });
    },
  );

  test('an empty file counts as none', () => {
    expect(planComposeFile(' \n', defaults).text).toBe(fresh());
  });
});

describe('an existing compose file', () => {
  test('the guide’s is brought up to date, and what is not ours stays as it is written', () => {
    const plan = planComposeFile(guide, wanted({ sampleServer: false }));
    const { services } = parse(plan.text);
    expectHardened(services['mcp-proxy']);
    expectHardened(services.cloudflared);
    expect(services['mcp-proxy'].image).toBe(defaultImages.proxy);
    expect(services['mcp-proxy'].labels).toEqual({ team: 'platform' });
    expect(services.wiki).toEqual({ image: 'wiki:1' });
    expect(services.cloudflared.environment).toEqual([
      'TUNNEL_TOKEN_FILE=/credentials/tunnel-token',
      'TUNNEL_METRICS=localhost:20241',
    ]);
    const changed = 'sha256:9d4c80593b559fc3ca3814866418744fa94858b02a4d4a4cc52d423e732ccc81';
    const lines = new Set(plan.text.split('\n'));
    const lost = guide.split('\n').filter((line) => !lines.has(line));
    expect(lost).toEqual([expect.stringContaining(changed), '    - TUNNEL_TOKEN']);
    expect(plan.text).toMatch(/^# Written by mcp-tunnel 0\.1\.0/);
    expect(plan.notes).toContain('cloudflared.environment: TUNNEL_TOKEN removed');
    expect(readLayout(plan.text)).toBe(1);
    expect(planComposeFile(plan.text, wanted({ sampleServer: false })).text).toBe(plan.text);
  });

  test('from each variant to each other gives the new one', { timeout: 60_000 }, () => {
    for (const from of variants) {
      for (const to of variants.filter(({ selinux }) => selinux || !from.selinux)) {
        const text = planComposeFile(fresh(from), wanted(to)).text;
        expect(parse(text)).toEqual(reordered(parse(fresh(to)), parse(text)));
        expect(planComposeFile(text, wanted(to)).text).toBe(text);
        expect(text.slice(0, text.indexOf('services:'))).toBe(
          from === to
            ? text.slice(0, text.indexOf('services:'))
            : fresh(to).slice(0, fresh(to).indexOf('services:')),
        );
      }
    }
  });

  test('switching the token’s place takes our comments along', () => {
    const text = planComposeFile(fresh(), wanted({ tokenIn: 'env' })).text;
    expect(text).toContain('Compose takes the value from .env');
    expect(text).not.toMatch(/credentials|From a file/);
  });

  test('the sample server leaves without a trace, and only if it is ours', () => {
    const without = wanted({ sampleServer: false });
    expect(planComposeFile(fresh(), without).text).toBe(fresh({ sampleServer: false }));
    const theirs = fresh().replace('python /app/hello_server.py', 'python /app/mine.py');
    const plan = planComposeFile(theirs, without);
    expect(plan.text).toBe(theirs);
    expect(plan.notes).toEqual(['hello-mcp is not as mcp-tunnel writes it: kept']);
    const extended = fresh().replace('    tmpfs:\n', '    ports: ["9000:9000"]\n    tmpfs:\n');
    expect(planComposeFile(extended, without).text).toBe(extended);
  });

  test('a hello-mcp that is built from source is left alone', () => {
    const text = `${fresh({ sampleServer: false }).replace('\n# How', '  hello-mcp:\n    build: ./hello\n\n# How')}`;
    expect(planComposeFile(text, defaults).text).toBe(text);
  });

  test('the sample server of the guide is repaired', () => {
    const text = fresh().replace(
      / {6}- pip install.*\n/,
      '      - pip install --quiet mcp && python /app/hello_server.py\n',
    );
    expect(planComposeFile(text, defaults).text).toBe(fresh());
  });

  test('a newer version with nothing else to say leaves the file alone; else it signs', () => {
    const newer = wanted({ toolVersion: '0.2.0' });
    expect(planComposeFile(fresh(), newer).text).toBe(fresh());
    const text = planComposeFile(fresh(), { ...newer, selinux: true }).text;
    expect(text.split('\n')[0]).toContain('mcp-tunnel 0.2.0');
  });

  test('a header that was taken out stays out', () => {
    const bare = fresh().slice(fresh().indexOf('services:'));
    expect(planComposeFile(bare, wanted({ selinux: true })).text).toMatch(/^services:/);
  });

  test('line ends, a byte order mark and a missing last line break are kept', () => {
    const windows = `\uFEFF${fresh().replaceAll('\n', '\r\n').trimEnd()}`;
    expect(planComposeFile(windows, defaults).text).toBe(windows);
    const text = planComposeFile(windows, wanted({ selinux: true })).text;
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(text.startsWith('\uFEFF# Written')).toBe(true);
  });

  test('what the operator set beyond ours stays', () => {
    const text = fresh()
      .replace('run --url', '--protocol http2 run --url')
      .replace('./data:/data:ro', './data:/data:ro,cached')
      .replace('size=256m', 'size=1g')
      .replace('max-size: "10m"', 'max-size: "50m"')
      .replace('interval: 10s', 'interval: 1m')
      .replace(
        'security_opt: ["no-new-privileges:true"]',
        'security_opt: [no-new-privileges, label=disable]',
      )
      .replace('cap_drop: [ALL]', 'cap_drop: [all]')
      .replace(
        'depends_on: [mcp-proxy]',
        'depends_on: { mcp-proxy: { condition: service_started } }',
      );
    expect(planComposeFile(text, defaults).text).toBe(text);
    const labelled = planComposeFile(text, wanted({ selinux: true })).text;
    expect(labelled).toContain('- ./data:/data:ro,z,cached\n');
  });

  test('what would weaken the stack is set right', () => {
    const text = fresh()
      .replace('user: "65532:65532"', 'user: root')
      .replace('read_only: true', 'read_only: false')
      .replace('./data:/data:ro', './data:/data:rw')
      .replace('"no-new-privileges:true"', '"no-new-privileges:false"')
      .replace('/tmp:exec,', '/tmp:')
      .replace('./credentials:/credentials:ro', '/etc:/credentials/:ro');
    expect(parse(planComposeFile(text, defaults).text)).toEqual(parse(fresh()));
  });

  test('a mount of ours in the long form is recognised', () => {
    const long = (more: string) =>
      fresh().replace(
        '- ./data:/data:ro',
        `- type: bind\n        source: ./data\n        target: /data${more}`,
      );
    const right = long('\n        read_only: true');
    expect(planComposeFile(right, defaults).text).toBe(right);
    const { volumes } = parse(planComposeFile(long(''), defaults).text).services['mcp-proxy'];
    expect(volumes).toEqual(parse(fresh()).services['mcp-proxy'].volumes);
  });

  test('environment as a map', () => {
    const map = fresh()
      .replace(
        '- TUNNEL_TOKEN_FILE=/credentials/tunnel-token',
        'TUNNEL_TOKEN_FILE: /credentials/tunnel-token',
      )
      .replace('- TUNNEL_METRICS=localhost:20241', 'TUNNEL_METRICS: localhost:20241');
    expect(planComposeFile(map, defaults).text).toBe(map);
    const { environment } = parse(planComposeFile(map, wanted({ tokenIn: 'env' })).text).services
      .cloudflared;
    expect(environment).toEqual({ TUNNEL_METRICS: 'localhost:20241', TUNNEL_TOKEN: null });
  });

  test('another log driver, a health check switched off and an env_file are kept and named', () => {
    const text = fresh()
      .replace('driver: json-file', 'driver: journald')
      .replace(/test: \["CMD.*\n(.*\n){4}/, 'disable: true\n')
      .replace('network_mode:', 'env_file: .env\n    network_mode:');
    const plan = planComposeFile(text, defaults);
    expect(plan.text).toBe(text);
    expect(plan.notes.map((note) => note.split(' ')[0])).toEqual([
      'mcp-proxy.logging:',
      'cloudflared.healthcheck',
      'cloudflared.env_file',
    ]);
  });

  test('a token written out is handed on as a secret, and is in no note', () => {
    const token = 'eyJhIjoiMSIsInMiOiIyIiwidCI6IjMifQ==';
    const text = fresh()
      .replace('TUNNEL_TOKEN_FILE=/credentials/tunnel-token', `TUNNEL_TOKEN=${token}`)
      .replace('http://localhost:8080', `http://localhost:8080 --token ${token}x`);
    const plan = planComposeFile(text, defaults);
    expect(plan.literalTokens.map((secret) => secret.reveal())).toEqual([token, `${token}x`]);
    expect(plan.text + plan.notes.join()).not.toContain('eyJ');
  });

  test('the config path of the plugin of 2026-05-21 gives way to the image’s own', () => {
    const text = fresh().replace(
      '    volumes:\n',
      '    command: ["-config", "/etc/mcp-proxy/config.yaml"]\n    volumes:\n      - ./config/mcp-proxy.yaml:/etc/mcp-proxy/config.yaml:ro\n',
    );
    expect(parse(planComposeFile(text, defaults).text)).toEqual(parse(fresh()));
  });

  test('hardening by anchor is read; where it would have to change, the line is named', () => {
    const shared = (user: string) =>
      `x-safe: &safe\n  read_only: true\n  user: "${user}"\n${fresh().replace(
        '    user: "65532:65532"\n    read_only: true\n',
        '    <<: *safe\n',
      )}`;
    expect(planComposeFile(shared('65532:65532'), defaults).text).toBe(shared('65532:65532'));
    const failure = failureOf(() => planComposeFile(shared('0'), defaults));
    expect(failure.code).toBe('file-malformed');
    expect(failure.summary).toMatch(
      /docker-compose\.yaml, line \d+: services\.mcp-proxy\.user: .*anchor/,
    );
  });
});

describe('a compose file that is not ours to edit', () => {
  test.each([
    [
      'another stack',
      'services:\n  web:\n    image: nginx\n',
      'directory-foreign',
      /something else/,
    ],
    [
      'a newer layout',
      fresh().replace('layout: 1', 'layout: 2'),
      'newer-deployment',
      /newer mcp-tunnel/,
    ],
    [
      'a layout that is no number',
      fresh().replace('layout: 1', 'layout: one'),
      'file-malformed',
      /layout/,
    ],
    ['a list', '- a\n', 'file-malformed', /services/],
    ['a text', 'hello\n', 'file-malformed', /services/],
    ['only a comment', '# nothing\n', 'file-malformed', /services/],
    [
      'services as a list',
      'services:\n- mcp-proxy\n',
      'file-malformed',
      /line 1: services: a map of services/,
    ],
    [
      'a service without content',
      'services:\n  mcp-proxy:\n',
      'file-malformed',
      /line 2: services.mcp-proxy/,
    ],
    ['a tab', 'services:\n\tmcp-proxy:\n', 'file-malformed', /line 2: not valid YAML/],
  ])('%s', (_, text, code, summary) => {
    const failure = failureOf(() => planComposeFile(text, defaults));
    expect(failure.code).toBe(code);
    expect(failure.summary).toMatch(summary);
    expect(failure.nextSteps.length).toBeGreaterThan(0);
  });

  test('readLayout', () => {
    expect(supportedLayout).toBe(1);
    expect(readLayout('services: {}\n')).toBeUndefined();
    expect(readLayout('x-mcp-tunnel: { layout: 7 }\n')).toBe(7);
    expect(failureOf(() => readLayout('x-mcp-tunnel: { layout: 0.5 }\n')).code).toBe(
      'file-malformed',
    );
  });
});

// Hundreds of plans of a whole file each: on a busy machine they take longer than the usual limit.
describe('whatever was done to the file', { timeout: 60_000 }, () => {
  const variant = fc.constantFrom(...variants);
  const wild = fc.oneof(
    fc.string(),
    fc.constantFrom<unknown>(null, true, 0, 'ALL', '/tmp', './data:/data', [], {}, [null], [[1]], {
      a: 1,
    }),
  );

  /** Either refused in words, or all that is wanted is there and a second plan changes nothing. */
  function expectSettled(text: string, chosen: Partial<ComposeWanted>): string | undefined {
    let once: string;
    try {
      once = planComposeFile(text, wanted(chosen)).text;
    } catch (error) {
      if (error instanceof Failure) return undefined;
      throw error;
    }
    const again = planComposeFile(once, wanted(chosen));
    expect(again.text).toBe(once);
    return once;
  }

  test('any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        variant,
        (text, to) => void expectSettled(text, to),
      ),
    );
  });

  test('lines lost, repeated or replaced', () => {
    const edit = fc.record({
      at: fc.nat(140),
      by: fc.oneof(fc.constantFrom('', '  x: 1', '- a', '\tb', 'c: ['), fc.string()),
    });
    fc.assert(
      fc.property(
        variant,
        variant,
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (from, to, edits) => {
          const lines = fresh(from).split('\n');
          for (const { at, by } of edits) lines[at % lines.length] = by;
          expectSettled(lines.join('\n'), to);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('values changed, taken out and added, in any style: ours are there and theirs stay', () => {
    const change = fc.record({
      service: fc.constantFrom('mcp-proxy', 'cloudflared', 'hello-mcp'),
      key: fc.nat(20),
      value: fc.oneof(fc.constant(undefined), wild),
    });
    const style = fc.record({
      indent: fc.constantFrom(2, 4),
      indentSeq: fc.boolean(),
      collectionStyle: fc.constantFrom('block' as const, 'any' as const, 'flow' as const),
    });
    let settled = 0;
    fc.assert(
      fc.property(
        variant,
        variant,
        fc.array(change, { maxLength: 3 }),
        style,
        (from, to, changes, options) => {
          const data = parse(fresh(from));
          data.services['their-own'] = { image: 'x', environment: ['A=b'] };
          for (const { service, key, value } of changes) {
            const target = data.services[service];
            if (target === undefined) continue;
            const keys = Object.keys(target);
            const name = keys[key] ?? `their_${key}`;
            if (value === undefined) delete target[name];
            else target[name] = value;
          }
          const text = expectSettled(stringify(data, options), to);
          if (text === undefined) return;
          settled += 1;
          const after = parse(text).services;
          expect(after['their-own']).toEqual({ image: 'x', environment: ['A=b'] });
          for (const service of ['mcp-proxy', 'cloudflared']) {
            expect(after[service]).toMatchObject({
              user: '65532:65532',
              read_only: true,
              restart: 'unless-stopped',
            });
            for (const [name, value] of Object.entries(data.services[service])) {
              if (name.startsWith('their_')) expect(after[service][name]).toEqual(value);
            }
          }
          const targets = after['mcp-proxy'].volumes.filter((volume: unknown) =>
            String(volume).includes(':/data'),
          );
          expect(targets).toEqual([expect.stringMatching(/^\.\/data:\/data:ro/)]);
          expect(JSON.stringify(after.cloudflared.environment)).toContain(
            to.tokenIn === 'file' ? 'TUNNEL_TOKEN_FILE' : '"TUNNEL_TOKEN"',
          );
        },
      ),
      { numRuns: 60 },
    );
    expect(settled).toBeGreaterThan(15);
  });
});

/** The same data with lists in the order that another one has them, where they hold the same. */
function reordered(data: unknown, like: unknown): unknown {
  if (Array.isArray(data) && Array.isArray(like)) {
    const same = [...data].map(String).sort().join() === [...like].map(String).sort().join();
    return same ? like : data;
  }
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, reordered(value, Object(like)[key])]),
  );
}
