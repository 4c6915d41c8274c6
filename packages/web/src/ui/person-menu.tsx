import type { Session } from '@aleph-audit-log/domain/api/access'
import { Menu, UnstyledButton } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { signOut } from '../api/session.ts'
import { paths } from '../paths.ts'
import { ChevronDownIcon, PersonIcon, SignOutIcon } from './icons.tsx'
import classes from './person-menu.module.css'
import { OnDemandMenu } from './on-demand-menu.tsx'
import { roleNames } from './role-names.ts'
import { ShownText } from './shown-text.tsx'
import { showProblem } from './show-problem.ts'

/** The first letters of the first and the last word of a name. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/)
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map(
    (word) => Array.from(word ?? '')[0] ?? '',
  )
  return letters.join('').toUpperCase()
}

/** The signed-in person, with the way out. */
export function PersonMenu({ session }: { session: Session }): ReactNode {
  const router = useRouter()
  const queryClient = useQueryClient()
  const { user } = session

  async function leave(): Promise<void> {
    try {
      await signOut()
    } catch (error) {
      showProblem(error)
      return
    }
    queryClient.clear()
    await router.navigate({ to: paths.signIn })
  }

  return (
    <OnDemandMenu
      width={240}
      target={
        <UnstyledButton className={classes.person} aria-label={`Signed in as ${user.name}`}>
          <span className={classes.initials} data-initials={initialsOf(user.name)} aria-hidden="true" />
          <span className={classes.name}>
            <ShownText text={user.name} />
          </span>
          <ChevronDownIcon size={14} />
        </UnstyledButton>
      }
    >
      <Menu.Label className={classes.who ?? ''}>
        <div className={classes.whoName}>
          <ShownText text={user.name} />
        </div>
        <div className={classes.whoMore}>
          <ShownText text={user.email} />
        </div>
        <div className={classes.whoMore}>{roleNames[user.role]}</div>
      </Menu.Label>
      <Menu.Divider />
      <Menu.Item
        leftSection={<PersonIcon />}
        renderRoot={(props: Record<string, unknown>) => <Link {...props} to={paths.account} />}
      >
        Your account
      </Menu.Item>
      <Menu.Item leftSection={<SignOutIcon />} onClick={() => void leave()}>
        Sign out
      </Menu.Item>
    </OnDemandMenu>
  )
}
