import { useQuery } from '@tanstack/react-query';
import { Button } from '../components/button.js';
import { useTexts } from '../texts/use-texts.js';
import { readLoginMethods } from './open-id-login.js';

/** Logs in at the OpenID provider; nothing where there is none. */
export function OpenIdButton({ onPress }: { readonly onPress: () => void }) {
  const t = useTexts();
  const { data } = useQuery({ queryKey: ['login-methods'], queryFn: readLoginMethods, staleTime: Infinity });
  if (data?.openId === undefined) return null;
  const { name } = data.openId;
  return (
    <Button onPress={onPress}>
      {name === undefined ? t('login.atProvider') : t('login.atNamedProvider', { name })}
    </Button>
  );
}
