import { cleanInput } from '../fields/text-edit.ts';

export type RouteField = 'name' | 'upstream';

/** A route as far as it is typed. */
export interface RouteDraft {
  readonly name: string;
  readonly upstream: string;
  readonly field: RouteField;
  /** Fields whose problems are shown: a person has left them, or wanted to save. */
  readonly judged: readonly RouteField[];
  /** Routes that were pasted and left out, because a form holds one. */
  readonly leftOut: number;
}

export const emptyDraft: RouteDraft = {
  name: '',
  upstream: '',
  field: 'name',
  judged: [],
  leftOut: 0,
};

/** What is saved: white space around it is never meant. */
export function draftValues({ name, upstream }: RouteDraft): readonly [string, string] {
  return [name.trim(), upstream.trim()];
}

/** The field that has the keys from now on; the one that was left is judged, unless it is empty. */
export function enterField(draft: RouteDraft, field: RouteField): RouteDraft {
  if (field === draft.field) return draft;
  const isEmpty = draft[draft.field].trim() === '';
  return { ...draft, field, judged: isEmpty ? draft.judged : [...draft.judged, draft.field] };
}

/** More than any table of routes; a paste of a megabyte must cost nothing. */
const longestPaste = 65_536;

const pair = /^([^=:\s]+)\s*[=:]\s*([a-z][a-z0-9+.-]*:\/\/\S+)$/i;

/**
 * The draft after a paste of whole routes, `NAME=URL` or as in a configuration file `NAME: URL`, of
 * which it takes the first; undefined if the text is something else.
 */
export function pasteRoutes(draft: RouteDraft, pasted: string): RouteDraft | undefined {
  const texts = pasted
    .slice(0, longestPaste)
    .split(/[\r\n,]+/)
    .map((each) => cleanInput(each).trim())
    .filter((each) => each !== '');
  const [first] = texts;
  const [, name, upstream] = pair.exec(first ?? '') ?? [];
  if (name === undefined || upstream === undefined) return undefined;
  return {
    name,
    upstream,
    field: 'upstream',
    judged: [...draft.judged, 'name'],
    leftOut: texts.length - 1,
  };
}
