use fitrankings::types::Provider;

fn main() {
    match Provider::from("garmin") {
        Provider::Unknown("garmin") => {}
        _ => {}
    }
    let _ = Provider::Unknown("garmin".to_owned());
}
