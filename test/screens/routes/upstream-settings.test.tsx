import { describe, expect, test } from 'vitest';
import { keys, openRoutes } from './story.tsx';

describe('settings of all upstreams', () => {
  async function opened() {
    const page = openRoutes();
    await page.sees('▸ echo');
    page.type('u');
    await page.sees('▸ Allowed addresses (allowed_ips)');
    return page;
  }

  test('say that a list replaces the default', async () => {
    const page = await opened();
    await page.sees('A list replaces the default 10.0.0.0/8,');
    await page.sees('192.168.0.0/16: keep in it the ranges that routes use.');
  });

  test('take addresses, a CA and a yes, then lead back', async () => {
    const page = await opened();
    page.type('10.0.0.0/8');
    await page.sees('10.0.0.0/8\n');
    page.type(keys.enter);
    await page.sees('▸ CA file for https upstreams');
    page.type('ca.pem');
    await page.sees('ca.pem');
    page.type(keys.enter);
    await page.sees('▸ Trust public CAs');
    await page.sees('( ) yes   (•) no');
    page.type(' ');
    await page.sees('(•) yes   ( ) no');
    page.type(keys.enter);
    await page.sees('u  upstreams      10.0.0.0/8; https: the CA in ca.pem and public CAs');
  });

  test('keep one at what has to be mended, and let one leave all the same', async () => {
    const page = await opened();
    page.type('x');
    await page.sees('✗ x is no address.');
    page.type(keys.tab);
    await page.sees('▸ CA file');
    page.type(keys.tab);
    await page.sees('▸ Trust public CAs');
    page.type(keys.enter);
    await page.sees('▸ Allowed addresses');
    page.type(keys.esc);
    await page.sees('▸ echo');
    await page.sees('✗ allowed_ips: x is no address.');
    expect(page.onBack).not.toHaveBeenCalled();
  });

  test('a space in a text is a space', async () => {
    const page = await opened();
    page.type('10.0.0.0/8,');
    page.type(' ');
    page.type('1');
    await page.sees('10.0.0.0/8, 1');
    expect(page.kept.form.upstreamSystemCas).toBe(false);
  });
});
