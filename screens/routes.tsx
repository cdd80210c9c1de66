import { usePaste } from 'ink';
import { useState } from 'react';
import { useNewest } from './parts/use-newest.ts';
import { draftValues, emptyDraft, pasteRoutes } from './routes/route-draft.ts';
import { RouteForm } from './routes/route-form.tsx';
import { RouteTable, useRouteTable } from './routes/route-table.tsx';
import { UpstreamSettings } from './routes/upstream-settings.tsx';
import { useDrafts } from './routes/use-drafts.ts';
import { whatToMend } from './texts/routes-text.ts';
import { useKeys } from './use-keys.ts';
import type { RoutesForm, Shell } from './views.ts';

export interface RoutesProps {
  readonly shell: Shell;
  readonly form: RoutesForm;
  readonly onAdd: (name: string, upstream: string) => void;
  readonly onEdit: (index: number, name: string, upstream: string) => void;
  readonly onRemove: (index: number) => void;
  /** Adds or removes the row of the sample server, too; absent where routes that run are changed. */
  readonly onSampleServer?: (on: boolean) => void;
  /** As typed, after each key. */
  readonly onUpstream: (field: 'allowedIps' | 'upstreamCa', value: string) => void;
  readonly onSystemCas: (on: boolean) => void;
  /** Asks all upstreams again. */
  readonly onProbe: () => void;
  /** Problems by field; `index` is the route that is edited, undefined for a new one. */
  readonly validate: (
    name: string,
    upstream: string,
    index: number | undefined,
  ) => { readonly name?: string; readonly upstream?: string };
  /** Called only when there is a route and nothing has a problem. */
  readonly onContinue: () => void;
  readonly onBack: () => void;
}

/** What is open: the table, the settings of all upstreams, or a form for one route. */
type View =
  | { readonly kind: 'table' }
  | { readonly kind: 'settings' }
  | { readonly kind: 'form'; readonly index: number | undefined; readonly edited: string };

/** No route has this name: the draft of a new one. */
const added = '';

/** Names under the tunnel’s domain and the MCP servers behind them. */
export function Routes(props: RoutesProps) {
  const { shell, form, validate, onBack } = props;
  const view = useNewest<View>({ kind: 'table' });
  const drafts = useDrafts();
  const [refused, setRefused] = useState(false);
  const table = useRouteTable(shell, form, refused);

  const showTable = () => view.set({ kind: 'table' });

  /** The table's keys; what else came in the same piece as a key that opened something is not for them. */
  const inTable = (act: () => void) => () => {
    if (view.get().kind !== 'table') return;
    setRefused(false);
    act();
  };
  const onSelected = (act: (index: number, name: string) => void) =>
    inTable(() => {
      const index = table.current();
      const row = form.routes[index];
      if (row) act(index, row.name);
      else setRefused(true);
    });
  const goOn = () => {
    if (whatToMend(form) === undefined) return props.onContinue();
    setRefused(true);
    const broken = form.routes.findIndex(({ problem }) => problem !== undefined);
    const row = form.routes[broken];
    if (row) table.choose(row.name, broken);
  };
  useKeys(
    {
      ...table.handlers,
      continue: inTable(goOn),
      back: inTable(onBack),
      add: inTable(() => view.set({ kind: 'form', index: undefined, edited: added })),
      edit: onSelected((index, name) => {
        const upstream = form.routes[index]?.upstream ?? '';
        if (drafts.of(name) === undefined)
          drafts.change(name, () => ({ ...emptyDraft, name, upstream }));
        view.set({ kind: 'form', index, edited: name });
      }),
      remove: onSelected((index, name) => {
        drafts.drop(name);
        props.onRemove(index);
      }),
      sample: inTable(() => props.onSampleServer?.(!form.sampleServer)),
      settings: inTable(() => view.set({ kind: 'settings' })),
      probe: inTable(props.onProbe),
    },
    view.shown.kind === 'table',
  );
  // Also keeps a paste that is meant for elsewhere from being taken for keys.
  usePaste(
    (text) => {
      const filled = pasteRoutes(emptyDraft, text);
      if (!filled) return;
      setRefused(false);
      drafts.change(added, () => filled);
      view.set({ kind: 'form', index: undefined, edited: added });
    },
    { isActive: view.shown.kind === 'table' },
  );

  if (view.shown.kind === 'settings') {
    const { onUpstream, onSystemCas } = props;
    return (
      <UpstreamSettings
        shell={shell}
        form={form}
        onUpstream={onUpstream}
        onSystemCas={onSystemCas}
        onClose={showTable}
      />
    );
  }
  if (view.shown.kind === 'form') {
    const { index, edited } = view.shown;
    const draft = drafts.of(edited) ?? emptyDraft;
    const [name, upstream] = draftValues(draft);
    const problems = validate(name, upstream, index);
    const save = () => {
      const bad = (['name', 'upstream'] as const).find((field) => problems[field] !== undefined);
      if (bad !== undefined) {
        return drafts.change(edited, (before) => ({
          ...before,
          field: bad,
          judged: ['name', 'upstream'],
        }));
      }
      drafts.drop(edited);
      showTable();
      table.choose(name, index ?? form.routes.length);
      if (index === undefined) props.onAdd(name, upstream);
      else props.onEdit(index, name, upstream);
    };
    return (
      <RouteForm
        shell={shell}
        domain={form.domain}
        edited={index === undefined ? undefined : edited}
        draft={draft}
        onDraft={(change) => drafts.change(edited, change)}
        problems={problems}
        onSave={save}
        onClose={showTable}
      />
    );
  }
  return <RouteTable shell={shell} table={table} />;
}
