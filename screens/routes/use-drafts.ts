import { useState } from 'react';
import { emptyDraft, type RouteDraft } from './route-draft.ts';

/** Routes that were begun and not saved, by the name they had before. */
export interface Drafts {
  readonly of: (name: string) => RouteDraft | undefined;
  readonly change: (name: string, change: (before: RouteDraft) => RouteDraft) => void;
  readonly drop: (name: string) => void;
}

/** Keeps what was typed while forms open and close. */
export function useDrafts(): Drafts {
  const [drafts, setDrafts] = useState<ReadonlyMap<string, RouteDraft>>(new Map());
  return {
    of: (name) => drafts.get(name),
    change: (name, change) =>
      setDrafts((all) => new Map(all).set(name, change(all.get(name) ?? emptyDraft))),
    drop: (name) => setDrafts((all) => new Map([...all].filter(([key]) => key !== name))),
  };
}
