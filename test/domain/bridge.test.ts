import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { bridgeFile, readBridgeFile } from '../../src/domain/bridge.ts';
import { planComposeFile } from '../../src/domain/compose-file.ts';
import { defaultImages } from '../../src/domain/images.ts';

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
