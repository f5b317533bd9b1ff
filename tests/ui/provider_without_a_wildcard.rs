use fitrankings::types::Provider;

fn main() {
    match Provider::Fitbit {
        Provider::Fitbit => {}
        Provider::GoogleOauth2 => {}
        Provider::Unknown(_) => {}
    }
}
