import { expect, test } from 'vitest';
import { deploymentAt } from '../../../src/domain/deployment.ts';
import { registerCaAction } from '../../../src/steps/install/register-ca-action.ts';
import { domain } from '../../fakes/sample-answers.ts';

const fingerprint = '0123456789abcdef'.repeat(4);
const action = registerCaAction({
  deployment: deploymentAt('/srv/mcp-tunnel'),
  domain,
  fingerprint,
  hostname: 'vm-7',
  self: ['mcp-tunnel', 'install', '--dir', '/srv/mcp-tunnel'],
});

test('every click of the Console by its label, the file, the fingerprint to compare, the command', () => {
  expect(action).toEqual({
    id: 'register-ca',
    title: 'Register the CA certificate in the Console',
    steps: [
      'On your own machine: scp vm-7:/srv/mcp-tunnel/data/ca.crt mcp-tunnel-ca.crt (it is public; the key stays here).',
      'Console > Manage > MCP tunnels > the tunnel abcd1234.tunnel.anthropic.com > Certificates > Add certificate: choose that file.',
      'Compare the fingerprint the Console shows: 01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF',
      'The tunnel’s status turns from “Needs certificate” to “Active”. Then run the command below.',
    ],
    values: { path: '/srv/mcp-tunnel/data/ca.crt', fingerprint },
    resume: [
      'mcp-tunnel',
      'install',
      '--dir',
      '/srv/mcp-tunnel',
      '--ca-registered',
      fingerprint,
      '--yes',
    ],
  });
});

test('it names the certificate, never the key', () => {
  expect(JSON.stringify(action)).not.toContain('ca.key');
});
