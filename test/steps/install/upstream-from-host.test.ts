import { expect, test } from 'vitest';
import { upstreamFromHost } from '../../../src/steps/install/upstream-from-host.ts';
import { containerOf } from '../../fakes/container.ts';

const sample = containerOf('hello-mcp', { addresses: { none: '', stack: '172.18.0.3' } });

test.each([
  ['http://hello-mcp:9000', 'http://172.18.0.3:9000/mcp'],
  ['https://hello-mcp:9443', 'https://172.18.0.3:9443/mcp'],
  ['http://10.0.0.5:8000', 'http://10.0.0.5:8000/mcp'],
  ['https://wiki.internal:443', 'https://wiki.internal/mcp'],
])('%s is asked at %s', (upstream, url) => {
  expect(upstreamFromHost(upstream, [containerOf('mcp-proxy'), sample])).toBe(url);
});

test('a service without an address yet cannot be asked', () => {
  const starting = containerOf('hello-mcp', { addresses: { stack: '' } });
  expect(upstreamFromHost('http://hello-mcp:9000', [starting])).toBeUndefined();
});

test('without its container a name is asked as it is', () => {
  expect(upstreamFromHost('http://hello-mcp:9000', [])).toBe('http://hello-mcp:9000/mcp');
});
