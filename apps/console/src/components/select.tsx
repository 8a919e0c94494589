import { Button, Label, ListBox, ListBoxItem, Popover, Select as AriaSelect, SelectValue } from 'react-aria-components';

interface Properties<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** What is shown for each value, in this order. */
  readonly options: readonly (readonly [Value, string])[];
  readonly isDisabled?: boolean;
}

/** One of a few. */
export function Select<Value extends string>({ label, value, onChange, options, isDisabled }: Properties<Value>) {
  return (
    <AriaSelect
      className="field"
      value={value}
      onChange={key => onChange(key as Value)}
      {...(isDisabled === undefined ? {} : { isDisabled })}
    >
      <Label>{label}</Label>
      <Button className="select-button">
        <SelectValue />
        <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="popover">
        <ListBox>
          {options.map(([id, text]) => (
            <ListBoxItem key={id} id={id} className="option" textValue={text}>
              {text}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
