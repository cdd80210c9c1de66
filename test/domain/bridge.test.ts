import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { bridgeFile, bridgeVariables, readBridgeFile } from '../../src/domain/bridge.ts';
import { planComposeFile } from '../../src/domain/compose-file.ts';
import { defaultImages } from '../../src/domain/images.ts';
import { readDeploymentLayout } from '../../src/domain/read-layout.ts';
import { handMadeFiles } from '../fakes/hand-made-texts.ts';
import { domain } from '../fakes/sample-answers.ts';

const { text: compose } = planComposeFile(undefined, {
  images: defaultImages,
  sampleServer: true,
  tokenIn: 'file',
  selinux: false,
  toolVersion: '1.0.0',
});

const wanted = {
  compose,
  project: 'mcp-tunnel',
  network: 'mcp-tunnel_default',
  selinux: false,
  purpose: 'a change of routes',
};

const mountsOf = (text: string) => parse(text).services['mcp-proxy'].volumes;

describe('a bridge', () => {
  test('has the deployment’s own configuration', () => {
    expect(mountsOf(bridgeFile(wanted))).toEqual([
      '../../config/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro',
      '../../data:/data:ro',
    ]);
  });

  test('or one that lies with it, and an upstream CA', () => {
    const text = bridgeFile({ ...wanted, ownConfig: true, ownUpstreamCa: true, selinux: true });
    expect(mountsOf(text)).toEqual([
      './config/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro',
      '../../data:/data:ro',
      './config/upstream-ca.crt:/etc/mcp-gateway/upstream-ca.crt:ro,z',
    ]);
  });

  test('or a data/ of its own, with another server pair', () => {
    expect(mountsOf(bridgeFile({ ...wanted, ownData: true }))).toEqual([
      '../../config/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro',
      './data:/data:ro',
    ]);
    const other = compose.replaceAll('./data:', './elsewhere:');
    expect(() => bridgeFile({ ...wanted, compose: other, ownData: true })).toThrow(
      'mounts no data',
    );
  });

  test('says at once that it is healthy', () => {
    const cloudflared = (text: string) => parse(text).services.cloudflared;
    const theirs = cloudflared(compose).healthcheck;
    expect(cloudflared(bridgeFile(wanted)).healthcheck).toEqual({ ...theirs, interval: '1s' });
    const without = compose.replace(/ {4}healthcheck:\n( {6}.*\n)+/u, '');
    expect(cloudflared(bridgeFile({ ...wanted, compose: without }))).not.toHaveProperty(
      'healthcheck',
    );
  });

  test('is refused where its configuration would not be mounted', () => {
    const other = compose.replace('./config/mcp-proxy.yaml:', './elsewhere.yaml:');
    expect(() => bridgeFile({ ...wanted, compose: other, ownConfig: true })).toThrow(
      'mounts no config/mcp-proxy.yaml',
    );
  });

  test('is on every network of the main pair', () => {
    const { services, networks } = parse(bridgeFile({ ...wanted, moreNetworks: ['back', 'x.y'] }));
    expect(services['mcp-proxy'].networks).toEqual(['default', 'more-1', 'more-2']);
    expect(networks).toEqual({
      default: { name: 'mcp-tunnel_default', external: true },
      'more-1': { name: 'back', external: true },
      'more-2': { name: 'x.y', external: true },
    });
  });

  test('has the variables of .env where its file needs some, and never the token', () => {
    const env = 'REF=proxy:1\nTUNNEL_TOKEN=eyJ\nCOMPOSE_PROJECT_NAME=p\nTUNNEL_EDGE_IP_VERSION=4\n';
    expect(bridgeVariables(bridgeFile(wanted), env)).toBeUndefined();
    const other = [
      compose.replace(/image: us-docker\S+/u, 'image: $' + '{REF}'),
      compose.replace(
        '      - TUNNEL_METRICS',
        '      - TUNNEL_EDGE_IP_VERSION\n      - TUNNEL_METRICS',
      ),
    ];
    for (const text of other) {
      const file = bridgeFile({ ...wanted, compose: text });
      expect(bridgeVariables(file, env)?.reveal()).toBe('REF=proxy:1\nTUNNEL_EDGE_IP_VERSION=4\n');
      expect(bridgeVariables(file, undefined)).toBeUndefined();
    }
  });

  test('of a stack made by hand has our names inside, its mounts, and no token of its own', () => {
    const { 'compose.yaml': former = '' } = handMadeFiles('former-guide', { domain });
    const layout = readDeploymentLayout('/srv/t', { composeFile: 'compose.yaml', compose: former });
    const text = former
      .replace('--url http://localhost:8080', '--url http://localhost:8080 --token eyJsecret')
      .replace(
        '    restart: unless-stopped\n',
        '    env_file: proxy.env\n    restart: unless-stopped\n',
      );
    const file = bridgeFile({ ...wanted, compose: text, layout, ownConfig: true });
    const { services } = parse(file);
    expect(Object.keys(services)).toEqual(['mcp-proxy', 'cloudflared']);
    expect(services['mcp-proxy']).toMatchObject({
      env_file: ['../../proxy.env'],
      volumes: ['./config/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro', '../../data:/data:ro'],
    });
    expect(services.cloudflared).toMatchObject({
      network_mode: 'service:mcp-proxy',
      environment: ['TUNNEL_TOKEN_FILE=/credentials/tunnel-token'],
    });
    expect(file).not.toContain('eyJsecret');
  });

  test('tells what it is for, where it stands, and what it is without', () => {
    expect(readBridgeFile(bridgeFile({ ...wanted, without: ['wiki'] }))).toEqual({
      purpose: 'a change of routes',
      network: 'mcp-tunnel_default',
      without: ['wiki'],
    });
    expect(readBridgeFile(bridgeFile(wanted))?.without).toEqual([]);
  });

  test.each([['{'], ['services: {}'], [compose]])('nothing else does', (text) => {
    expect(readBridgeFile(text)).toBeUndefined();
  });
});
