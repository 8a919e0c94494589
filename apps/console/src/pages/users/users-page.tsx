import { useState } from 'react';
import { Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import { Badge } from '../../components/badge.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/failure.js';
import { Loading } from '../../components/loading.js';
import { Page } from '../../components/page.js';
import { useSession } from '../../session/session.js';
import { useTexts } from '../../texts/use-texts.js';
import { SimpleTable } from '../system/simple-table.js';
import { AddUserDialog } from './add-user-dialog.js';
import { UserDialog } from './user-dialog.js';
import { useAccessGroups, useUsers, type User } from './user-queries.js';

/** Who may log in, what they may do, and where they are logged in. */
export function Component() {
  const t = useTexts();
  const { me } = useSession();
  const [opened, setOpened] = useState<string>();
  const [isAdding, setAdding] = useState(false);
  const { data, error, isPending, refetch } = useUsers();
  const user = data?.find(({ userName }) => userName === opened);
  return (
    <Page
      title={t('nav.users')}
      actions={
        <>
          <Button onPress={() => void refetch()}>{t('app.refresh')}</Button>
          {me.contactCenter !== undefined && (
            <Button kind="primary" onPress={() => setAdding(true)}>
              {t('users.add')}
            </Button>
          )}
        </>
      }
    >
      {isPending ? (
        <Loading />
      ) : error !== null ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <UserTable users={data} onOpen={setOpened} />
      )}
      <AccessGroups />
      {user !== undefined && <UserDialog user={user} onClose={() => setOpened(undefined)} />}
      {isAdding && <AddUserDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

function UserTable({ users, onOpen }: { readonly users: readonly User[]; readonly onOpen: (name: string) => void }) {
  const t = useTexts();
  return (
    <div className="table-frame">
      <Table className="table" aria-label={t('nav.users')} onRowAction={key => onOpen(String(key))}>
        <TableHeader>
          <Column isRowHeader>{t('login.userName')}</Column>
          <Column>{t('users.roles')}</Column>
          <Column>{t('users.privileges')}</Column>
          <Column>{t('users.accessGroups')}</Column>
          <Column>{t('users.source')}</Column>
          <Column>{t('users.state')}</Column>
        </TableHeader>
        <TableBody renderEmptyState={() => <p className="table-empty">{t('app.none')}</p>}>
          {users.map(({ userName, roles, privileges, accessGroups, source, enabled }) => (
            <Row key={userName} id={userName}>
              <Cell>{userName}</Cell>
              <Cell>{roles.map(role => t(`users.role.${role}`)).join(', ')}</Cell>
              <Cell>{privileges.map(privilege => t(`users.privilege.${privilege}`)).join(', ')}</Cell>
              <Cell>{accessGroups.join(', ')}</Cell>
              <Cell>{t(`users.source.${source}`)}</Cell>
              <Cell>
                <Badge kind={enabled ? 'good' : 'neutral'}>{enabled ? t('users.enabled') : t('users.disabled')}</Badge>
              </Cell>
            </Row>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}

function AccessGroups() {
  const t = useTexts();
  const { data, error, refetch } = useAccessGroups();
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <SimpleTable
      title={t('users.accessGroups')}
      columns={[t('users.path'), t('users.members')]}
      rows={data?.accessGroups.map(({ path, members }) => [<code key="path">{path}</code>, members.join(', ')])}
      emptyText={t('app.none')}
    />
  );
}
