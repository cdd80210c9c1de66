import { Box } from 'ink';
import { type Line, span } from '../blocks/block.ts';
import { pageLines } from '../blocks/block-lines.ts';
import { StyledLines } from '../blocks/styled-lines.tsx';
import { messageLines } from '../fields/field-message.ts';
import { TextField } from '../fields/text-field.tsx';
import { keyMap } from '../key-map.ts';
import { Frame, roomIn } from '../parts/frame.tsx';
import { useNewest } from '../parts/use-newest.ts';
import { moreRangesNote, settingNotes, settingsText } from '../texts/routes-text.ts';
import { useKeys } from '../use-keys.ts';
import type { RoutesForm, Shell } from '../views.ts';
import { shareRows } from './message-room.ts';

export interface UpstreamSettingsProps {
  readonly shell: Shell;
  readonly form: RoutesForm;
  readonly onUpstream: (field: 'allowedIps' | 'upstreamCa', value: string) => void;
  readonly onSystemCas: (on: boolean) => void;
  readonly onClose: () => void;
}

const fields = ['allowedIps', 'upstreamCa', 'systemCas'] as const;
/** Label and value of each. */
const fieldRows = 6;
const gaps = fields.length;

function toggleLines(on: boolean, active: boolean): readonly Line[] {
  return [
    active
      ? [span('▸ ', 'accent'), span('Trust public CAs', 'strong')]
      : [span('  Trust public CAs', 'quiet')],
    [
      span('  '),
      span(on ? '(•) yes' : '( ) yes', on ? 'strong' : 'quiet'),
      span('   '),
      span(on ? '( ) no' : '(•) no', on ? 'quiet' : 'strong'),
    ],
  ];
}

/** Which addresses the proxy may dial, and whose certificates it trusts on the way. */
export function UpstreamSettings(props: UpstreamSettingsProps) {
  const { shell, form, onUpstream, onSystemCas, onClose } = props;
  const { columns: width, rows } = roomIn(shell);
  const at = useNewest(0);
  const active = at.shown;
  const last = fields.length - 1;
  const go = (by: number) => at.set(Math.max(0, Math.min(last, at.get() + by)));
  const turn = (by: number) => at.set((at.get() + by + fields.length) % fields.length);
  const firstProblem = fields.findIndex((field) => form.problems[field] !== undefined);
  const enter = () => {
    if (active < last) return go(1);
    if (firstProblem < 0) return onClose();
    at.set(firstProblem);
  };
  useKeys({
    continue: enter,
    nextField: () => turn(1),
    previousField: () => turn(-1),
    up: () => go(-1),
    down: () => go(1),
    back: onClose,
    ...(active === last ? { toggle: () => onSystemCas(!form.upstreamSystemCas) } : {}),
  });

  const messages = fields.map((field) => ({
    problem: form.problems[field],
    note: field === 'allowedIps' && form.deployed ? moreRangesNote : settingNotes[field],
  }));
  const forMessages = rows - 1 - fieldRows;
  const airy = shareRows(messages, active, width, forMessages - gaps);
  const pressing = messages.map((message, index) =>
    index === active || message.problem !== undefined ? message : {},
  );
  const dense = shareRows(pressing, active, width, forMessages);
  const isAiry = dense.every((needed, index) => needed <= (airy[index] ?? 0));
  const shares = isAiry ? airy : dense;
  const used = fieldRows + shares.reduce((sum, share) => sum + share, 0);
  const lines = pageLines(settingsText, width);
  const text = lines.length + used + gaps <= rows ? lines : lines.slice(0, 1);
  const margin = isAiry ? 1 : 0;
  const fieldOf = (index: 0 | 1, label: string, placeholder: string) => (
    <Box marginTop={margin} flexShrink={0}>
      <TextField
        label={label}
        value={index === 0 ? form.allowedIps : form.upstreamCa}
        onChange={(value) => onUpstream(index === 0 ? 'allowedIps' : 'upstreamCa', value)}
        active={active === index}
        width={width}
        placeholder={placeholder}
        messageRows={shares[index] ?? 0}
        {...messages[index]}
      />
    </Box>
  );
  return (
    <Frame
      shell={shell}
      hints={[
        { action: 'continue', label: active < last ? 'next field' : 'done' },
        ...(active === last ? [{ action: 'toggle', label: 'yes or no' } as const] : []),
        { action: 'back', label: 'back to the routes' },
        { action: 'up', label: `${keyMap.down.shown} fields` },
      ]}
    >
      <StyledLines lines={text} />
      {form.deployed
        ? fieldOf(0, 'More allowed addresses (allowed_ips)', 'none')
        : fieldOf(0, 'Allowed addresses (allowed_ips)', 'the private ranges')}
      {fieldOf(1, 'CA file for https upstreams', 'none')}
      <Box marginTop={margin} flexShrink={0}>
        <StyledLines
          lines={[
            ...toggleLines(form.upstreamSystemCas, active === last),
            ...messageLines(messages[last] ?? {}, width, shares[last] ?? 0),
          ]}
        />
      </Box>
    </Frame>
  );
}
