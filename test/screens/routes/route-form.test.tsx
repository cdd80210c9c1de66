import { describe, expect, test, vi } from 'vitest';
import { keys, openRoutes, sample, wiki } from './story.tsx';

describe('adding', () => {
  test('name, Enter, upstream, Enter: the route is there and selected', async () => {
    const page = openRoutes();
    await page.sees('▸ echo');
    page.type('a');
    await page.sees('▸ Name');
    page.type('wiki');
    await page.sees('Claude calls https://wiki.abcd1234.tunnel.anthropic.com/mcp');
    page.type(keys.enter);
    await page.sees('▸ Upstream');
    page.type('http://10.0.0.5:8000');
    await page.sees('http://10.0.0.5:8000');
    page.type(keys.enter);
    await page.sees('▸ wiki');
    expect(page.onAdd).toHaveBeenCalledExactlyOnceWith('wiki', 'http://10.0.0.5:8000');
    page.type('a');
    await page.sees('Claude calls https://NAME.');
  });

  test('letters belong to the field', async () => {
    const page = openRoutes();
    await page.sees('▸ echo');
    page.type('a');
    await page.sees('▸ Name');
    page.type('sudpear');
    await page.sees('https://sudpear.');
    expect(page.kept.form.routes).toEqual([sample]);
    expect(page.onProbe).not.toHaveBeenCalled();
  });

  test('problems appear beside the fields, go when mended, and nothing is saved before', async () => {
    const page = openRoutes();
    await page.sees('▸ echo');
    page.type('a');
    await page.sees('▸ Name');
    page.type('Wiki');
    await page.sees('https://Wiki.');
    expect(page.lastFrame()).not.toContain('That is no route name.');
    page.type(keys.enter);
    await page.sees('✗ That is no route name.');
    await page.sees('▸ Upstream');
    page.type(keys.enter);
    await page.sees('✗ That is no upstream.');
    await page.sees('▸ Name');
    page.type('\u0015');
    await vi.waitFor(() => expect(page.lastFrame()).not.toContain('Wiki'));
    page.type('wiki');
    await page.sees('Claude calls https://wiki.');
    expect(page.lastFrame()).not.toContain('That is no route name.');
    expect(page.onAdd).not.toHaveBeenCalled();
  });

  test('Tab and arrows change the field', async () => {
    const page = openRoutes();
    await page.sees('▸ echo');
    page.type('a');
    await page.sees('▸ Name');
    page.type(keys.tab);
    await page.sees('▸ Upstream');
    page.type(keys.backTab);
    await page.sees('▸ Name');
    page.type(keys.down);
    await page.sees('▸ Upstream');
    page.type(keys.up);
    await page.sees('▸ Name');
  });

  test('Esc closes the form only, and what was typed is there again', async () => {
    const page = openRoutes();
    await page.sees('▸ echo');
    page.type('a');
    await page.sees('▸ Name');
    page.type('wiki');
    await page.sees('https://wiki.');
    page.type(keys.esc);
    await page.sees('▸ echo');
    expect(page.onBack).not.toHaveBeenCalled();
    page.type('a');
    await page.sees('Claude calls https://wiki.');
  });

  test('a paste of NAME=URL into the name fills both', async () => {
    const page = openRoutes();
    await page.sees('▸ echo');
    page.type('a');
    await page.sees('▸ Name');
    page.paste('  wiki=http://10.0.0.5:8000\r\n');
    await page.sees('▸ Upstream');
    await page.sees('https://wiki.');
    await page.sees('http://10.0.0.5:8000');
    page.type(keys.enter);
    await page.sees('▸ wiki');
    expect(page.onAdd).toHaveBeenCalledExactlyOnceWith('wiki', 'http://10.0.0.5:8000');
  });

  test('of several pasted routes the first is taken, and it says so', async () => {
    const page = openRoutes();
    await page.sees('▸ echo');
    page.type('a');
    await page.sees('▸ Name');
    page.paste('wiki=http://10.0.0.5:8000\njira: http://10.0.0.6:8000\n');
    await page.sees('! One route at a time: 1 more of the paste was left out.');
    await page.sees('https://wiki.');
  });

  test('another paste into the name stays there', async () => {
    const page = openRoutes();
    await page.sees('▸ echo');
    page.type('a');
    await page.sees('▸ Name');
    page.paste('wi\u001b[31mki\n');
    await page.sees('https://wiki.');
    await page.sees('▸ Name');
  });
});

describe('editing', () => {
  test('e opens the selected route as it is; Enter twice saves', async () => {
    const page = openRoutes({ routes: [sample, wiki] });
    await page.sees('▸ echo');
    page.type(keys.down);
    await page.sees('▸ wiki');
    page.type('e');
    await page.sees('Edit the route wiki');
    await page.sees('http://10.0.0.5:8000');
    page.type('2');
    await page.sees('https://wiki2.');
    page.type(keys.enter);
    await page.sees('▸ Upstream');
    page.type(keys.enter);
    await page.sees('▸ wiki2');
    expect(page.kept.form.routes[1]).toEqual({ ...wiki, name: 'wiki2' });
  });

  test('each route keeps its own unsaved text, also one named like a property of every object', async () => {
    const page = openRoutes({ routes: [{ ...wiki, name: 'constructor' }, wiki] });
    await page.sees('▸ constructor');
    page.type('e');
    await page.sees('Edit the route constructor');
    page.type('9');
    await page.sees('https://constructor9.');
    page.type(keys.esc);
    await page.sees('▸ constructor');
    page.type(keys.down);
    await page.sees('▸ wiki');
    page.type('e');
    await page.sees('Claude calls https://wiki.');
    page.type(keys.esc);
    await page.sees('▸ wiki');
    page.type(keys.up);
    await page.sees('▸ constructor');
    page.type('e');
    await page.sees('https://constructor9.');
  });
});
