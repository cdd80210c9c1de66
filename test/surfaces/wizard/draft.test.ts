import { describe, expect, test } from 'vitest';
import { installAnswers } from '../../../src/flows/install-answers.ts';
import type { RawAnswers } from '../../../src/questions/question.ts';
import { draftFrom, rawAnswers } from '../../../src/surfaces/wizard/draft.ts';
import { resumeCommand } from '../../../src/surfaces/wizard/resume-command.ts';
import { domain, tokenText } from '../../fakes/sample-answers.ts';

const token = tokenText();
const basic: RawAnswers = {
  domain: { value: domain, source: '--domain' },
  token: { value: token, source: 'MCP_TUNNEL_TOKEN' },
};
const deployed = { hasToken: false };

/** Answers without what differs by being typed: secrets compare by their text. */
function comparable(raw: RawAnswers) {
  const { token: read, ...rest } = installAnswers(raw, deployed);
  return { ...rest, token: read?.secret.reveal() };
}

describe('a draft', () => {
  test('that nobody touched gives the answers that were given', () => {
    expect(comparable(rawAnswers(draftFrom(basic, '/here')))).toEqual(comparable(basic));
  });

  test.each<[string, RawAnswers]>([
    ['routes as flags', { routes: { value: ['wiki=http://10.0.0.5:8000'], source: '--route' } }],
    ['routes as a map', { routes: { value: { wiki: 'http://10.0.0.5:8000' }, source: 'a.yaml' } }],
    ['other keys', { keyType: { value: 'p-256', source: '--key-type' } }],
    ['other days', { certificateDays: { value: 30, source: 'a.yaml' } }],
    [
      'ranges',
      {
        routes: { value: ['wiki=http://100.64.0.5:80'], source: '--route' },
        allowedIps: { value: ['100.64.0.0/10', '10.0.0.0/8'], source: '--allow-ip' },
      },
    ],
    [
      'https upstreams',
      {
        routes: { value: ['wiki=https://10.0.0.5:443'], source: '--route' },
        upstreamSystemCas: { value: true, source: '--upstream-system-cas' },
      },
    ],
    ['another image', { images: { value: ['proxy=mirror/proxy:1'], source: '--image' } }],
    ['the token in .env', { tokenIn: { value: 'env', source: '--token-in' } }],
  ])('keeps %s', (_name, more) => {
    const given = { ...basic, ...more };
    expect(comparable(rawAnswers(draftFrom(given, '/here')))).toEqual(comparable(given));
  });

  test('keeps where an untouched token came from', () => {
    expect(rawAnswers(draftFrom(basic, '/here'))['token']?.source).toBe('MCP_TUNNEL_TOKEN');
  });

  test('takes a file’s path from where the operator stands', () => {
    const draft = { ...draftFrom(basic, '/here'), upstreamCa: 'ca.pem' };
    expect(rawAnswers(draft)['upstreamCa']?.value).toBe('/here/ca.pem');
  });

  test('an answer that was emptied is no longer given', () => {
    const given = { ...basic, allowedIps: { value: '100.64.0.0/10', source: '--allow-ip' } };
    const draft = { ...draftFrom(given, '/here'), allowedIps: '' };
    expect(rawAnswers(draft)).not.toHaveProperty('allowedIps');
  });

  test('an invalid answer stays what it is, to be shown beside its field', () => {
    const given = { domain: { value: 'https://x', source: '--domain' } };
    expect(draftFrom(given, '/here').domain).toBe('https://x');
  });
});

describe('the command that goes on', () => {
  const self = ['mcp-tunnel', 'install', '--dir', '/srv/x'];

  test('has what was typed, and no secret', () => {
    const draft = {
      ...draftFrom(basic, '/here'),
      days: '30',
      routes: [{ name: 'wiki', upstream: 'http://10.0.0.5:8000' }],
      sampleServer: false,
      allowedIps: '10.0.0.0/8, 100.64.0.0/10',
    };
    expect(resumeCommand(self, draft)).toEqual([
      ...self,
      ...['--domain', domain, '--cert-days', '30', '--route', 'wiki=http://10.0.0.5:8000'],
      ...['--allow-ip', '10.0.0.0/8,100.64.0.0/10'],
    ]);
    expect(resumeCommand(self, draft).join(' ')).not.toContain(token.slice(0, 20));
  });

  test('is short where the defaults were left', () => {
    expect(resumeCommand(self, draftFrom({}, '/here'))).toEqual(self);
  });
});
