#include <ldap.h>
/* Macros with casts, which Swift does not import. */
static inline const void *smtpd_ldap_option_on(void) { return LDAP_OPT_ON; }
static inline const void *smtpd_ldap_option_off(void) { return LDAP_OPT_OFF; }
