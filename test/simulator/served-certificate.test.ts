import { X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SimulatedVendorSide } from '../../src/simulator/vendor-side.ts';
import { makeServer } from './openssl.ts';
import { domain, Stack } from './stack.ts';

const request = { host: `echo.${domain}`, timeoutMs: 10_000 };

describe('the certificate that the vendor’s side sees', () => {
  test('is the one the proxy serves; looking leaves no trouble in its log', async () => {
    await using stack = await Stack.start();
    const pair = makeServer(stack.ca, domain);
    const { proxy } = await stack.connected(pair);
    const fingerprint = new X509Certificate(pair.certificate).fingerprint256;
    expect(await new SimulatedVendorSide(stack.edge).servedCertificate(request)).toBe(
      fingerprint.replaceAll(':', '').toLowerCase(),
    );
    expect(proxy.lines.all.filter((line) => !line.includes('"level":"INFO"'))).toEqual([]);
  });

  test('is none where it refuses it, or nobody is connected: with the reason', async () => {
    await using stack = await Stack.start();
    const vendor = new SimulatedVendorSide(stack.edge);
    await expect(vendor.servedCertificate(request)).rejects.toMatchObject({
      code: 'verification-failed',
      found: expect.stringContaining('no cloudflared is connected'),
    });
    await stack.connected(makeServer(stack.ca, domain, { notAfter: '20240201000000Z' }));
    await expect(vendor.servedCertificate(request)).rejects.toMatchObject({
      code: 'verification-failed',
      found: expect.stringContaining('was refused'),
    });
  });
});
