"""The district's data: schemas, reading, checks, versions, status and indicators. No maps, no Streamlit."""
