//! The paths of the service.

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Route<'a> {
    MasterToken,
    AuthorizationPage,
    Activities,
    Activity(&'a str),
    Users,
    UserSummary,
    GroupSummary,
}

impl<'a> Route<'a> {
    pub(super) fn parse(path: &'a str) -> Option<Self> {
        match path.strip_prefix("/iq/")? {
            "tokens/master-token/" => Some(Self::MasterToken),
            "oauth2/" => Some(Self::AuthorizationPage),
            "activities/" => Some(Self::Activities),
            "users/" => Some(Self::Users),
            "users/stat-summary/" => Some(Self::UserSummary),
            "groups/stat-summary/" => Some(Self::GroupSummary),
            path => {
                let id = path.strip_prefix("activities/")?.strip_suffix('/')?;
                (!id.is_empty() && !id.contains('/')).then_some(Self::Activity(id))
            }
        }
    }

    pub(super) fn is_list(self) -> bool {
        matches!(self, Self::Activities | Self::Users)
    }
}
