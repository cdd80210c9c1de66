import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type ComposeWanted, planComposeFile } from '../../src/domain/compose-file.ts';
import { ownLayout } from '../../src/domain/deployment.ts';
import { Failure } from '../../src/domain/failure.ts';
import { defaultImages } from '../../src/domain/images.ts';
import { readDeploymentLayout } from '../../src/domain/read-layout.ts';
import { handMadeFiles, type Variant, variants } from '../fakes/hand-made-texts.ts';
import { domain } from '../fakes/sample-answers.ts';

const wanted: ComposeWanted = {
  images: defaultImages,
  sampleServer: true,
  tokenIn: 'file',
  selinux: false,
  toolVersion: '0.1.0',
};

function composeOf(variant: Variant): { readonly composeFile: string; readonly compose: string } {
  const files = handMadeFiles(variant, { domain });
  const composeFile = Object.keys(files).find((name) => name.includes('compose')) ?? '';
  return { composeFile, compose: files[composeFile] ?? '' };
}

/** Everything that our own file has, by service. */
const ours = parse(planComposeFile(undefined, wanted).text).services;

describe('a stack made by hand becomes ours', () => {
  test.each(variants)('from the %s, with nothing of ours missing, and once', (variant) => {
    const { composeFile, compose } = composeOf(variant);
    const { text, notes } = planComposeFile(compose, { ...wanted, name: composeFile });
    const { services } = parse(text);
    expect(Object.keys(services).sort()).toEqual(Object.keys(ours).sort());
    for (const [name, service] of Object.entries<Record<string, unknown>>(ours)) {
      for (const [key, value] of Object.entries(service)) {
        const found = services[name][key];
        if (!Array.isArray(value) || key === 'command') expect(found, key).toEqual(value);
        else expect([...found].sort(), key).toEqual([...value].sort());
      }
    }
    expect(services['mcp-proxy']).not.toHaveProperty('command');
    expect(text).not.toContain('mcp-gateway:\n');
    expect(notes).toContain('cloudflared.environment: TUNNEL_TOKEN removed');
    expect(readDeploymentLayout('/srv/t', { composeFile, compose: text })).toEqual({
      ...ownLayout,
      composeFile,
    });
    expect(planComposeFile(text, wanted).text).toBe(text);
  });

  test('its comments and its order stay', () => {
    const { compose } = composeOf('guide');
    const { text } = planComposeFile(compose, wanted);
    expect(text).toContain("  # Our tunnel's agent.\n  cloudflared:\n");
    expect(text).toContain("    # Share the proxy's netns so localhost:8080 reaches it.\n");
    expect(Object.keys(parse(text).services)).toEqual(['cloudflared', 'mcp-proxy', 'hello-mcp']);
    const former = planComposeFile(composeOf('former-guide').compose, wanted).text;
    expect(former).toContain('  mcp-proxy: # ends the inner TLS\n');
  });

  test('the former name goes wherever it is named, and a mention of it is told', () => {
    const { compose } = composeOf('former-guide');
    const more = `
  watcher:
    image: watcher:1
    network_mode: service:mcp-gateway # beside it
    depends_on: # in this order
      mcp-gateway: { condition: service_started }
      hello-mcp: { condition: service_started }
    volumes_from: ["mcp-gateway:ro"]
  caller:
    image: caller:1
    depends_on: [hello-mcp, mcp-gateway]
    environment: { PROXY: "http://mcp-gateway:8080" }
`;
    const { text, notes } = planComposeFile(compose + more, wanted);
    const { watcher, caller } = parse(text).services;
    expect(watcher).toEqual({
      image: 'watcher:1',
      network_mode: 'service:mcp-proxy',
      depends_on: {
        'mcp-proxy': { condition: 'service_started' },
        'hello-mcp': { condition: 'service_started' },
      },
      volumes_from: ['mcp-proxy:ro'],
    });
    expect(Object.keys(watcher.depends_on)).toEqual(['mcp-proxy', 'hello-mcp']);
    expect(caller.depends_on).toEqual(['hello-mcp', 'mcp-proxy']);
    expect(text).toContain('"service:mcp-proxy" # beside it');
    expect(notes).toContain('mcp-gateway renamed to mcp-proxy, as in the guide since 2026-05-22');
    expect(notes).toContain('caller mentions mcp-gateway: change it if the proxy is meant');
    expect(notes.filter((note) => note.includes('mentions'))).toHaveLength(1);
  });

  test('other words of the proxy’s command stay', () => {
    const { compose } = composeOf('plugin');
    const text = compose.replace(
      '["-config", "/etc/mcp-proxy/config.yaml"]',
      '["-config=/etc/mcp-proxy/config.yaml", "-tunnel-domain", "a.tunnel.anthropic.com"]',
    );
    const { services } = parse(planComposeFile(text, wanted).text);
    expect(services['mcp-proxy'].command).toEqual(['-tunnel-domain', 'a.tunnel.anthropic.com']);
  });

  test('a folder that is mounted over the configuration goes', () => {
    const { compose } = composeOf('guide');
    const text = compose.replace(
      './config/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro',
      './config:/etc/mcp-gateway:ro',
    );
    const { services } = parse(planComposeFile(text, wanted).text);
    expect(services['mcp-proxy'].volumes).toEqual([
      './data:/data:ro',
      './config/mcp-proxy.yaml:/etc/mcp-gateway/config.yaml:ro',
    ]);
  });

  test.each([
    [
      'shared by an anchor',
      'mcp-gateway: # ends the inner TLS',
      'mcp-gateway: &gateway',
      /anchor/u,
    ],
    [
      'there twice',
      '\n  cloudflared:\n',
      '\n  mcp-proxy: { build: . }\n\n  cloudflared:\n',
      undefined,
    ],
  ])('a name that is %s is changed by a person, or kept', (_, from, to, refusal) => {
    const text = composeOf('former-guide').compose.replace(from, to);
    const plan = () => planComposeFile(text, { ...wanted, name: 'compose.yaml' });
    if (refusal === undefined) {
      expect(parse(plan().text).services).toHaveProperty('mcp-gateway');
      return;
    }
    expect(plan).toThrow(Failure);
    expect(plan).toThrow(refusal);
    expect(plan).toThrow(/compose\.yaml, line \d+/u);
  });
});
