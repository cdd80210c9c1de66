import { describe, expect, test, vi } from 'vitest';
import { keys, openRoutes, sample, wiki } from './story.tsx';

describe('the table', () => {
  test('Enter goes on, Esc back, p asks again', async () => {
    const page = openRoutes();
    await page.sees('▸ echo');
    page.type(keys.enter);
    await vi.waitFor(() => expect(page.onContinue).toHaveBeenCalledOnce());
    page.type('p');
    await vi.waitFor(() => expect(page.onProbe).toHaveBeenCalledOnce());
    page.type(keys.esc);
    await vi.waitFor(() => expect(page.onBack).toHaveBeenCalledOnce());
  });

  test('arrows select, d removes what is selected, the sample server’s row too', async () => {
    const page = openRoutes({ routes: [sample, wiki] });
    await page.sees('▸ echo');
    page.type(keys.down);
    await page.sees('▸ wiki');
    page.type(keys.up);
    await page.sees('▸ echo');
    page.type('d');
    await page.sees('▸ wiki');
    expect(page.kept.form.routes).toEqual([wiki]);
    await page.sees('s  sample server  off');
  });

  test('keys that arrive together mean what they mean one by one', async () => {
    const page = openRoutes({ routes: [sample, wiki, { ...wiki, name: 'third' }] });
    await page.sees('▸ echo');
    page.type(`${keys.down}${keys.down}d`);
    await vi.waitFor(() =>
      expect(page.kept.form.routes.map(({ name }) => name)).toEqual(['echo', 'wiki']),
    );
  });

  test('letters behind a key that opened a form do nothing in the table', async () => {
    const page = openRoutes({ routes: [sample, wiki] });
    await page.sees('▸ echo');
    page.type('add');
    await page.sees('Add a route');
    expect(page.kept.form.routes).toHaveLength(2);
  });

  test('s switches the sample server', async () => {
    const page = openRoutes({ routes: [sample, wiki] });
    await page.sees('s  sample server  on');
    page.type('s');
    await page.sees('s  sample server  off');
    page.type('s');
    await page.sees('s  sample server  on');
  });

  test('without a route Enter, e and d say what is missing', async () => {
    const page = openRoutes();
    await page.sees('▸ echo');
    page.type('d');
    await page.sees('✗ At least one route is needed.');
    for (const key of [keys.enter, 'e', 'd']) {
      page.type(key);
      await page.sees('✗ Not possible yet. At least one route is needed.');
      page.type('p');
      await page.sees('✗ At least one route is needed.');
    }
    expect(page.onContinue).not.toHaveBeenCalled();
  });

  test('Enter with a broken route selects it and says what to mend', async () => {
    const page = openRoutes({
      routes: [sample, { ...wiki, problem: 'Its upstream is not allowed.' }],
    });
    await page.sees('▸ echo');
    page.type(keys.enter);
    await page.sees('▸ wiki');
    await page.sees('✗ Not possible yet. Route wiki has to be mended: e edits it, d removes it;');
    expect(page.onContinue).not.toHaveBeenCalled();
  });

  test('Enter with a broken setting says where it is', async () => {
    const page = openRoutes({ allowedIps: 'x', problems: { allowedIps: 'x is no network.' } });
    await page.sees('✗ allowed_ips: x is no network.');
    page.type(keys.enter);
    await page.sees('✗ Not possible yet. The upstream settings have to be mended: u opens them.');
    expect(page.onContinue).not.toHaveBeenCalled();
  });

  test('a pasted route opens its form; any other paste is no key', async () => {
    const page = openRoutes({ routes: [sample, wiki] });
    await page.sees('▸ echo');
    page.paste('dddd\r');
    page.paste('db=http://10.0.0.9:8000');
    await page.sees('Add a route');
    await page.sees('http://10.0.0.9:8000');
    expect(page.kept.form.routes).toHaveLength(2);
    expect(page.onContinue).not.toHaveBeenCalled();
    page.type(keys.enter);
    await page.sees('▸ db');
    expect(page.onAdd).toHaveBeenCalledExactlyOnceWith('db', 'http://10.0.0.9:8000');
  });
});
