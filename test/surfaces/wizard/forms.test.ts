import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/domain/secret.ts';
import { draftFrom } from '../../../src/surfaces/wizard/draft.ts';
import {
  certificateForm,
  routeProblems,
  routesAreGood,
  routesForm,
  tunnelForm,
} from '../../../src/surfaces/wizard/forms.ts';
import { domain, tokenText } from '../../fakes/sample-answers.ts';

const empty = draftFrom({}, '/here');

describe('the form of domain and token', () => {
  test('shows a token by length and fingerprint only', () => {
    const form = tunnelForm({ ...empty, domain, token: new Secret(tokenText()) }, false);
    expect(form).toMatchObject({
      domain,
      domainProblem: undefined,
      tokenProblem: undefined,
      tunnelId: 'c0ffee00-1234-4abc-9def-0123456789ab',
      token: { length: tokenText().length },
    });
    expect(JSON.stringify(form)).not.toContain(tokenText().slice(0, 16));
  });

  test('names what is wrong with each', () => {
    const form = tunnelForm({ ...empty, domain: 'https://x', token: new Secret('sk-ant-x') }, true);
    expect(form.domainProblem).toContain('has a scheme');
    expect(form.tokenProblem).toContain('This is an Anthropic key');
    expect(form.keepsToken).toBe(true);
  });

  test('says where untouched answers came from, and no longer once one is changed', () => {
    const given = {
      domain: { value: domain, source: 'the simulated Console' },
      token: { value: tokenText(), source: 'the simulated Console' },
    };
    const draft = draftFrom(given, '/here');
    expect(tunnelForm(draft, false).source).toBe('the simulated Console');
    expect(tunnelForm({ ...draft, domain: 'x' }, false).source).toBeUndefined();
  });
});

test('the form of certificates judges each field', () => {
  const form = certificateForm({ ...empty, keyType: 'dsa', days: '0', caDays: '3650' }, undefined);
  expect(Object.keys(form.problems)).toEqual(['keyType', 'days']);
  expect(certificateForm(empty, undefined).problems).toEqual({});
});

describe('the form of routes', () => {
  const form = (change: Partial<typeof empty>) =>
    routesForm({ draft: { ...empty, domain, ...change }, probes: {}, routing: undefined });

  test('begins with the sample server', () => {
    expect(form({}).routes).toEqual([
      { name: 'echo', upstream: 'http://hello-mcp:9000', problem: undefined, probe: undefined },
    ]);
    expect(routesAreGood(form({}))).toBe(true);
  });

  test('needs one', () => {
    expect(form({ routes: [] }).problems['routes']).toContain('At least one route is needed.');
    expect(routesAreGood(form({ routes: [] }))).toBe(false);
  });

  test.each([
    ['http://8.8.8.8:80', 'IP validation failed: 8.8.8.8 is not a private address'],
    ['http://127.0.0.1:80', 'own container'],
    ['https://10.0.0.5:443', 'https'],
    ['http://10.0.0.5', 'port'],
    ['http://10.0.0.5:80/mcp', 'path'],
  ])('judges %s beside its row', (upstream, problem) => {
    const judged = form({ routes: [{ name: 'wiki', upstream }] });
    expect(judged.routes[0]?.problem).toContain(problem);
    expect(routesAreGood(judged)).toBe(false);
  });

  test('takes the settings into account', () => {
    const routes = [{ name: 'wiki', upstream: 'https://100.64.0.5:443' }];
    const set = { routes, allowedIps: '100.64.0.0/10', upstreamSystemCas: true };
    expect(routesAreGood(form(set))).toBe(true);
    expect(form({ ...set, allowedIps: 'fish' }).problems['allowedIps']).toBeDefined();
  });
});

describe('a route that is typed', () => {
  const draft = { ...empty, routes: [{ name: 'wiki', upstream: 'http://10.0.0.5:80' }] };

  test('may not have a name that is taken, but keeps its own', () => {
    expect(routeProblems(draft, 'Wiki', 'http://10.0.0.6:80', undefined).name).toBeDefined();
    expect(routeProblems(draft, 'wiki', 'http://10.0.0.6:80', 0)).toEqual({});
  });

  test('is judged field by field', () => {
    expect(Object.keys(routeProblems(draft, 'a.b', 'ftp://x', undefined))).toEqual([
      'name',
      'upstream',
    ]);
  });
});
