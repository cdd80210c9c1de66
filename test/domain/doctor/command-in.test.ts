import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandIn } from '../../../src/domain/doctor/command-in.ts';

test.each([
  ['chmod 600 /srv/d/.env', 'chmod 600 /srv/d/.env'],
  ['cd /srv/d && docker compose up -d', 'cd /srv/d && docker compose up -d'],
  [
    'cd /srv/d && docker compose up -d; if it ends again: docker logs --tail 50 x',
    'cd /srv/d && docker compose up -d',
  ],
  [
    'timedatectl set-ntp true   (certificates made now carry this clock’s time)',
    'timedatectl set-ntp true',
  ],
  [
    'Run: mcp-tunnel install --dir /srv/d (it pins "mcp<2" in docker-compose.yaml).',
    'mcp-tunnel install --dir /srv/d',
  ],
  [
    'Run: mcp-tunnel install (it sets owner 65532 and mode 0400). By hand: sudo chown 65532:65532 data/tls.key',
    'mcp-tunnel install',
  ],
  [
    'Reveal the token in the Console, then: mcp-tunnel rotate-token --token-file FILE',
    'mcp-tunnel rotate-token --token-file FILE',
  ],
  ['Docker is not started.\nsudo systemctl start docker', 'sudo systemctl start docker'],
  ['docker system df, then docker image prune', 'docker system df'],
  [
    'Write routes as "name: http://host:port", without dashes, or run: npm start -- install',
    'npm start -- install',
  ],
  ['Let the operator decide.', undefined],
  ['', undefined],
])('%j → %j', (fix, command) => {
  expect(commandIn(fix)).toBe(command);
});

test('never throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const found = commandIn(text);
      expect(found === undefined || !found.includes('\n')).toBe(true);
    }),
  );
});
