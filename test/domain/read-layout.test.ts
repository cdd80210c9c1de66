import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planComposeFile } from '../../src/domain/compose-file.ts';
import { deploymentAt, ownLayout } from '../../src/domain/deployment.ts';
import { defaultImages } from '../../src/domain/images.ts';
import { readDeploymentLayout } from '../../src/domain/read-layout.ts';
import { handMadeFiles, namesOf, type Variant, variants } from '../fakes/hand-made-texts.ts';
import { domain } from '../fakes/sample-answers.ts';
import { anyText } from './foreign-texts.ts';

const dir = '/srv/mcp-tunnel';

function filesOf(variant: Variant, token?: string) {
  const files = handMadeFiles(variant, { domain, ...(token === undefined ? {} : { token }) });
  const composeFile = Object.keys(files).find((name) => name.includes('compose')) ?? '';
  return { composeFile, compose: files[composeFile] ?? '', env: files['.env'], files };
}

/** A guide's stack with one piece of its text replaced. */
function changed(
  from: string | RegExp,
  to: string,
  more: { env?: string; override?: string } = {},
) {
  const { composeFile, compose } = filesOf('guide');
  const text = compose.replace(from, to);
  if (from !== '') expect(text).not.toBe(compose);
  return readDeploymentLayout(dir, { composeFile, compose: text, ...more });
}

describe('a stack made by hand', () => {
  test.each(variants)('from the texts of the %s', (variant) => {
    const { composeFile, compose, files } = filesOf(variant);
    const { service, config } = namesOf(variant);
    const texts = { composeFile, compose, proxyConfig: files[config] };
    expect(readDeploymentLayout(dir, texts)).toEqual({
      ...ownLayout,
      composeFile,
      byHand: true,
      proxyService: service,
      proxyConfig: config,
      configInContainer:
        variant === 'plugin' ? '/etc/mcp-proxy/config.yaml' : '/etc/mcp-gateway/config.yaml',
      token: { in: 'env' },
    });
    expect(deploymentAt(dir, readDeploymentLayout(dir, texts))).toMatchObject({
      composeFile: `${dir}/${composeFile}`,
      proxyService: service,
      proxyConfig: `${dir}/${config}`,
      serverKey: `${dir}/data/tls.key`,
      tunnelToken: `${dir}/credentials/tunnel-token`,
    });
  });

  test('names its proxy as it likes, as long as cloudflared shares its network', () => {
    const compose = filesOf('guide').compose.replaceAll('mcp-proxy:', 'front:');
    const text = compose.replace('service:mcp-proxy', 'service:front');
    const layout = readDeploymentLayout(dir, { composeFile: 'compose.yml', compose: text });
    expect(layout).toMatchObject({ byHand: true, proxyService: 'front' });
  });

  test.each([
    ['a folder', './config:/etc/mcp-gateway:ro', 'config/config.yaml'],
    ['an absolute path', '/srv/mcp-tunnel/etc/p.yaml:/etc/mcp-gateway/config.yaml', 'etc/p.yaml'],
    ['elsewhere', '../shared/p.yaml:/etc/mcp-gateway/config.yaml:ro', '/srv/shared/p.yaml'],
    ['a variable', '$' + '{WHERE:-./conf}/p.yaml:/etc/mcp-gateway/config.yaml', 'mine/p.yaml'],
  ])('mounts its configuration from %s', (_, volume, found) => {
    const layout = changed('./config/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro', volume, {
      env: 'WHERE=./mine\n',
    });
    expect(layout.proxyConfig).toBe(found);
  });

  test('has its data elsewhere, under other names', () => {
    const { composeFile, compose, files } = filesOf('guide');
    const layout = readDeploymentLayout(dir, {
      composeFile,
      compose: compose.replace('./data:/data', './certs/:/data'),
      proxyConfig: files['config/mcp-proxy.yaml']?.replace('tls.crt', 'server.crt'),
    });
    expect(deploymentAt(dir, layout)).toMatchObject({
      dataDir: `${dir}/certs`,
      serverCertificate: `${dir}/certs/server.crt`,
      serverKey: `${dir}/certs/tls.key`,
    });
  });

  test.each([
    ['- TUNNEL_TOKEN=$' + '{TUNNEL_TOKEN:?}', { in: 'env' }],
    ['- TUNNEL_TOKEN=$TUNNEL_TOKEN', { in: 'env' }],
    ['- TUNNEL_TOKEN=eyJhIjoi', { in: 'compose' }],
    ['- TUNNEL_TOKEN=$' + '{OTHER}', { in: 'elsewhere' }],
    ['- TUNNEL_TOKEN_FILE=/run/secrets/token', { in: 'elsewhere' }],
    ['- A=b', { in: 'nothing' }],
  ])('gives the token by %s', (item, source) => {
    expect(changed('- TUNNEL_TOKEN', item).token).toEqual(source);
  });

  test('or by a file, an env_file, or a flag', () => {
    const file = '- TUNNEL_TOKEN_FILE=/t/token\n    volumes: ["./secret:/t:ro"]';
    expect(changed('- TUNNEL_TOKEN', file).token).toEqual({ in: 'file', path: 'secret/token' });
    const withFile = (path: string) =>
      changed('environment:\n      - TUNNEL_TOKEN', `env_file: ${path}`).token;
    expect(withFile('.env')).toEqual({ in: 'env' });
    expect(withFile('[{ path: ./tunnel.env }]')).toEqual({ in: 'elsewhere' });
    const flag = changed('--url http://localhost:8080', '--url http://localhost:8080 --token eyJ9');
    expect(flag.token).toEqual({ in: 'compose' });
  });

  test('has an override, whose mounts count', () => {
    const override =
      'services: { mcp-proxy: { volumes: ["./other.yaml:/etc/mcp-gateway/config.yaml:ro"] } }';
    expect(changed('', '', { override }).proxyConfig).toBe('other.yaml');
  });

  test('gives its project a name, or the vendor’s setup a place', () => {
    expect(changed('services:', 'name: tunnels\nservices:').project).toBe('tunnels');
    const setup = 'services:\n  setup: { entrypoint: ["/setup"], profiles: [setup] }';
    expect(changed('services:', setup).hasSetup).toBe(true);
  });
});

describe('our own layout', () => {
  const compose = (tokenIn: 'file' | 'env') =>
    planComposeFile(undefined, {
      ...{ images: defaultImages, sampleServer: true, tokenIn, selinux: false },
      toolVersion: '1.0.0',
    }).text;
  const composeFile = 'docker-compose.yaml';

  test('is recognised by its mark, whatever an override says', () => {
    const override =
      'services: { mcp-proxy: { volumes: ["./x.yaml:/etc/mcp-gateway/config.yaml"] } }';
    const texts = { composeFile, compose: compose('file'), override };
    expect(readDeploymentLayout(dir, texts)).toEqual(ownLayout);
    expect(readDeploymentLayout(dir, { composeFile, compose: compose('env') }).token).toEqual({
      in: 'env',
    });
  });

  test.each([
    ['a broken file', 'services: ['],
    ['another stack', 'services: { web: { image: nginx } }'],
    ['another stack with cloudflared', 'services: { cloudflared: { image: x }, web: {} }'],
    [
      'a web server behind cloudflared',
      'services: { cloudflared: { network_mode: "service:web" }, web: { volumes: ["./w:/data"] } }',
    ],
    [
      'another program of the name',
      'services: { cloudflared: {}, mcp-gateway: { image: docker/mcp-gateway, volumes: ["./c.yaml:/etc/mcp-gateway/config.yaml"] } }',
    ],
    [
      'an nginx of the name',
      'services: { cloudflared: { network_mode: "service:mcp-proxy" }, mcp-proxy: { image: nginx } }',
    ],
    ['nothing', ''],
  ])('is what %s is taken for', (_, text) => {
    expect(readDeploymentLayout(dir, { composeFile: 'compose.yml', compose: text })).toEqual({
      ...ownLayout,
      composeFile: 'compose.yml',
    });
  });
});

test('never throws, whatever is written there', () => {
  const pieces = fc.constantFrom(
    ...['x: &a', '<<: *a', '\t- b', '# c', 'd: [', '{', '*none', '&b', '? e', '- |', "f: '", '---'],
    ...['services:', '  cloudflared:', '    network_mode: service:__proto__', '$' + '{A:?}', '.:'],
  );
  const lines = filesOf('plugin', 'eyJ').compose.split('\n');
  const edit = fc.record({ at: fc.nat(lines.length - 1), by: fc.oneof(pieces, anyText) });
  const read = (compose: string, rest: { env?: string; override?: string; proxyConfig?: string }) =>
    deploymentAt(dir, readDeploymentLayout(dir, { composeFile: 'compose.yaml', compose, ...rest }));
  fc.assert(
    fc.property(
      fc.array(edit, { maxLength: 6 }),
      fc.record({ env: anyText, override: anyText, proxyConfig: anyText }),
      (edits, rest) => {
        const text = [...lines];
        for (const { at, by } of edits) text[at] = by;
        for (const compose of [text.join('\n'), edits.map(({ by }) => by).join('\n')]) {
          const deployment = read(compose, rest);
          expect(deployment.composeFile).toBe(`${dir}/compose.yaml`);
          expect(deployment.proxyService).not.toBe('');
        }
      },
    ),
    { numRuns: 300 },
  );
  const wild = fc.anything({ maxDepth: 4 });
  fc.assert(
    fc.property(wild, wild, wild, (one, two, three) => {
      const service = { command: one, volumes: two, environment: three, env_file: one };
      const data = {
        name: three,
        services: { cloudflared: { ...service, network_mode: two }, 'mcp-gateway': service },
      };
      expect(() =>
        read(JSON.stringify(data), { override: JSON.stringify(one) ?? '' }),
      ).not.toThrow();
    }),
    { numRuns: 300 },
  );
});
