import { render } from 'ink-testing-library';
import { useState } from 'react';
import { expect, vi } from 'vitest';
import { Routes } from '../../../screens/routes.tsx';
import type { RouteRow, RoutesForm } from '../../../screens/views.ts';

/** What a terminal sends for keys without a letter. */
export const keys = {
  enter: '\r',
  tab: '\t',
  backTab: '\u001b[Z',
  esc: '\u001b',
  down: '\u001b[B',
  up: '\u001b[A',
} as const;

export const sample: RouteRow = {
  name: 'echo',
  upstream: 'http://hello-mcp:9000',
  problem: undefined,
  probe: undefined,
};
export const wiki: RouteRow = { ...sample, name: 'wiki', upstream: 'http://10.0.0.5:8000' };

const first: RoutesForm = {
  domain: 'abcd1234.tunnel.anthropic.com',
  sampleServer: true,
  routes: [sample],
  allowedIps: '',
  upstreamCa: '',
  upstreamSystemCas: false,
  problems: {},
};

const goodName = /^[a-z0-9-]+$/;
const goodUpstream = /^https?:\/\/[a-z0-9.-]+:\d+$/;

interface Keeper {
  form: RoutesForm;
  readonly onProbe: () => void;
  readonly onContinue: () => void;
  readonly onBack: () => void;
  readonly onAdd: (name: string, upstream: string) => void;
}

/** The page with somebody who keeps what it says, as the wizard does. */
function Story({ keeper }: { readonly keeper: Keeper }) {
  const [form, setForm] = useState(keeper.form);
  const keep = (next: Partial<RoutesForm>) => {
    keeper.form = { ...keeper.form, ...next };
    setForm(keeper.form);
  };
  const routes = () => keeper.form.routes;
  const set = (changed: readonly RouteRow[]) =>
    keep({
      routes: changed,
      sampleServer: changed.some(({ upstream }) => upstream === sample.upstream),
      problems: changed.length === 0 ? { routes: 'At least one route is needed.' } : {},
    });
  return (
    <Routes
      shell={{ page: 'routes', columns: 100, rows: 24, rehearsal: false, colour: true }}
      form={form}
      onAdd={(name, upstream) => {
        keeper.onAdd(name, upstream);
        set([...routes(), { ...wiki, name, upstream }]);
      }}
      onEdit={(at, name, upstream) =>
        set(routes().map((row, index) => (index === at ? { ...row, name, upstream } : row)))
      }
      onRemove={(at) => set(routes().filter((_, index) => index !== at))}
      onSampleServer={(on) =>
        set(on ? [...routes(), sample] : routes().filter(({ name }) => name !== 'echo'))
      }
      onUpstream={(field, value) =>
        keep({
          [field]: value,
          problems: value.includes('x') ? { [field]: `${value} is no address.` } : {},
        })
      }
      onSystemCas={(on) => keep({ upstreamSystemCas: on })}
      onProbe={keeper.onProbe}
      validate={(name, upstream) => ({
        ...(goodName.test(name) ? {} : { name: 'That is no route name.' }),
        ...(goodUpstream.test(upstream) ? {} : { upstream: 'That is no upstream.' }),
      })}
      onContinue={keeper.onContinue}
      onBack={keeper.onBack}
    />
  );
}

/** The page in a terminal of 100 cells, with what it was told to do. */
export function openRoutes(start: Partial<RoutesForm> = {}) {
  const calls = { onProbe: vi.fn(), onContinue: vi.fn(), onBack: vi.fn(), onAdd: vi.fn() };
  const kept: Keeper = { form: { ...first, ...start }, ...calls };
  const app = render(<Story keeper={kept} />);
  const sees = (text: string) => vi.waitFor(() => expect(app.lastFrame()).toContain(text));
  const paste = (text: string) => app.stdin.write(`\u001b[200~${text}\u001b[201~`);
  return { ...app, ...calls, kept, sees, type: app.stdin.write, paste };
}
